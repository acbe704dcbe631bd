import { mount } from 'svelte';
import App from './App.svelte';
import './fonts.css';
import './tokens.css';
import './base.css';

const target = document.getElementById('app');
if (!target) throw new Error('the page has no #app');
/** The watch marks the page where there is no site yet. */
if ('firstStart' in document.documentElement.dataset) {
  void import('./setup/FirstStart.svelte').then((first) => mount(first.default, { target }));
} else {
  mount(App, { target });
}
