import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vitest/config';
import { worldLand } from './build/land.ts';

export default defineConfig({
  plugins: [svelte(), worldLand()],
  base: '/',
  build: {
    outDir: '../src/vedette/console/static',
    emptyOutDir: true,
    target: 'es2022',
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 1600,
    sourcemap: false,
    rolldownOptions: {
      output: { codeSplitting: { groups: [{ name: 'maplibre', test: /node_modules[\\/]maplibre-gl/ }] } },
    },
  },
  test: { include: ['tests/**/*.test.ts'], environment: 'node' },
});
