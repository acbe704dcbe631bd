import globals from 'globals';
import svelte from 'eslint-plugin-svelte';
import ts from 'typescript-eslint';
import svelteConfig from './svelte.config.js';

export default ts.config(
  { ignores: ['node_modules/', 'src/api/schema.d.ts'] },
  ...ts.configs.strict,
  ...svelte.configs.recommended,
  { languageOptions: { globals: { ...globals.browser, ...globals.node } } },
  {
    files: ['**/*.svelte', '**/*.svelte.ts'],
    languageOptions: { parserOptions: { parser: ts.parser, extraFileExtensions: ['.svelte'], svelteConfig } },
  },
  { rules: { 'max-lines': ['error', 200], complexity: ['error', 10], eqeqeq: 'error', 'no-console': 'error' } },
  { files: ['src/text.ts', 'src/text/*.ts'], rules: { 'max-lines': 'off' } },
  // The store's maps are never changed in place: each batch puts new ones in their stead ($state.raw).
  { files: ['src/state/watch.svelte.ts', 'src/state/replay.svelte.ts'], rules: { 'svelte/prefer-svelte-reactivity': 'off' } },
);
