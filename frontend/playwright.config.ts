import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { defineConfig } from '@playwright/test'

/** The built program under test; CHENGQIAO_BINARY names another than `make build` makes. */
const binary = process.env.CHENGQIAO_BINARY ?? join(import.meta.dirname, '../bin/chengqiao')
const address = `127.0.0.1:${process.env.CHENGQIAO_E2E_PORT ?? '18573'}`

/** The data of the run: made by the first reader of this file, handed to the workers, gone when the run is over. */
function dataFolder(): string {
  if (process.env.CHENGQIAO_E2E_DATA) return process.env.CHENGQIAO_E2E_DATA
  const folder = mkdtempSync(join(tmpdir(), 'chengqiao-e2e-'))
  process.env.CHENGQIAO_E2E_DATA = folder
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }))
  return folder
}

/**
 * What Chromium is asked to leave. The first two are pages of the browser's own window, which each profile loads anew
 * though nobody sees one: half of what a page of the tests cost. The last begins a process for a page that never comes.
 * Only the last list that Chromium is given counts, so what Playwright leaves elsewhere stands here again.
 */
const unneeded = [
  'WebUIOmniboxPopup',
  'WebUIOmniboxAimPopup',
  'AvoidUnnecessaryBeforeUnloadCheckSync',
  'DestroyProfileOnBrowserClose',
  'HttpsUpgrades',
  'HttpsFirstBalancedModeAutoEnable',
  'LensOverlay',
  'MediaRouter',
  'PaintHolding',
  'ThirdPartyStoragePartitioning',
  'AvoidCorsURLLoaderRestartOnRedirect',
  'OptimizationHints',
  'NetworkTimeServiceQuerying',
  'AimEnabled',
  'PreconnectToSearch',
  'SpareRendererForSitePerProcess',
]

const settings: Record<string, string> = {
  data_dir: dataFolder(),
  'log.level': 'warn',
  'server.listen': address,
  'server.public_url': `http://${address}`,
  // Many persons sign in from one address, and the public notice of a plan is over at once.
  'server.requests_per_minute': '0',
  'auth.sign_in_attempts': '1000',
  'auth.letter_attempts': '1000',
  'reward.publicity_days': '0',
}

export default defineConfig({
  testDir: 'e2e',
  outputDir: 'test-results',
  // Long for the slowest machine: only what hangs uses them up.
  timeout: 600_000,
  expect: { timeout: 60_000 },
  workers: 2,
  forbidOnly: true,
  retries: 0,
  reporter: [['list']],
  use: {
    baseURL: `http://${address}`,
    locale: 'zh-CN',
    timezoneId: 'Asia/Shanghai',
    viewport: { width: 1280, height: 900 },
    // A step that cannot go on is named at once, not by the end of the whole test.
    actionTimeout: 60_000,
    navigationTimeout: 60_000,
    // Recording doubles what a test takes; CHENGQIAO_TRACE=1 keeps what led to a failure.
    trace: process.env.CHENGQIAO_TRACE ? 'retain-on-failure' : 'off',
    screenshot: 'only-on-failure',
    launchOptions: {
      executablePath: process.env.CHENGQIAO_CHROMIUM ?? '/usr/bin/chromium',
      args: [
        '--no-sandbox', // Chromium's own sandbox refuses to run as root
        '--disable-gpu', // an emulated graphics card draws no faster, and may stop drawing on busy machines
        '--js-flags=--no-opt --no-maglev', // no page lives long enough to gain by what is compiled to be faster
        `--disable-features=${unneeded.join(',')}`,
      ],
    },
  },
  webServer: {
    command: [binary, 'serve', '--demo', ...Object.entries(settings).map(([key, value]) => `--set ${key}=${value}`)].join(' '),
    url: `http://${address}/readyz`,
    timeout: 300_000,
    reuseExistingServer: false,
    stdout: 'ignore',
    stderr: 'pipe',
    gracefulShutdown: { signal: 'SIGTERM', timeout: 20_000 },
  },
})
