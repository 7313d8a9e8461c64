import { defineConfig } from '@playwright/test';
import {
  chromium,
  CHROMIUM_ARGUMENTS
} from '../../scripts/common/chromium.mjs';

/** Real JupyterLab, the demo's identity provider and the system's Chromium. */
export default defineConfig({
  testDir: '.',
  testMatch: '*.spec.ts',
  outputDir: '../../test-results',
  // Each has a demo of its own: tests set the provider's faults, and count what it is asked.
  workers: 3,
  timeout: 120_000,
  expect: { timeout: 40_000 },
  reporter: [['list']],
  use: {
    viewport: { width: 1280, height: 900 },
    // A trace costs a fifth of the time, so only a test that is run again leaves one.
    trace: 'off',
    screenshot: 'only-on-failure',
    launchOptions: {
      executablePath: await chromium(),
      // Without this a blocked sign-in window could never be seen in a test.
      ignoreDefaultArgs: ['--disable-popup-blocking'],
      args: CHROMIUM_ARGUMENTS
    }
  }
});
