import { defineConfig, mergeConfig } from 'vitest/config'
import viteConfig from './vite.config.ts'

export default mergeConfig(
  viteConfig,
  defineConfig({
    test: {
      environment: 'jsdom',
      // Files share a worker's page; tests/setup.ts makes each begin as if it were alone.
      isolate: false,
      setupFiles: ['tests/setup.ts'],
      include: ['src/**/*.test.ts', 'tests/**/*.test.ts'],
      restoreMocks: true,
      // Long for the slowest machine: only what hangs uses it up.
      testTimeout: 60_000,
      hookTimeout: 60_000,
    },
  }),
)
