import AxeBuilder from '@axe-core/playwright'
import { expect, type Page } from '@playwright/test'
import { as, complaintsOf, test, type people } from './people'

/** Where each person works; every page is for everybody: by keyboard, by reader, on a telephone. */
const places: [keyof typeof people | null, string[]][] = [
  [null, ['/', '/search?q=电池', '/sign-in', '/register', '/reset-password']],
  ['officer', ['/dashboard', '/my/listings', '/my/achievements/new', '/my/packages/new', '/my/needs/new', '/introductions', '/deals', '/contracts', '/organisation', '/profile']],
  ['inventor', ['/dashboard', '/my/rewards']],
  ['reviewer', ['/reviews']],
  ['operator', ['/platform/organisations', '/platform/operations']],
]

async function open(page: Page, address: string): Promise<void> {
  await page.goto(address)
  await expect(page.getByRole('heading', { level: 1 }).first()).toBeAttached()
  await expect(page.getByText('正在载入……')).toHaveCount(0)
}

async function faults(page: Page, address: string, only?: string): Promise<string[]> {
  const axe = new AxeBuilder({ page })
  const { violations } = await (only ? axe.withRules([only]) : axe.withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'])).analyze()
  return violations.map((each) => `${address} ${each.id}: ${each.nodes.map((node) => node.target.join(' ')).join(', ')}`)
}

for (const [person, addresses] of places) {
  test(`${person ?? 'a visitor'} can read every page: by reader, in the dark, on the narrowest telephone`, async ({ browser, page: visitor }) => {
    const page = person ? await as(browser, person) : visitor
    for (const address of addresses) {
      await page.setViewportSize({ width: 1280, height: 900 })
      await page.emulateMedia({ colorScheme: 'light', reducedMotion: 'reduce' })
      await open(page, address)
      expect(await faults(page, address)).toEqual([])
      await page.emulateMedia({ colorScheme: 'dark', reducedMotion: 'reduce' })
      expect(await faults(page, `${address} in the dark`, 'color-contrast')).toEqual([])
      await page.setViewportSize({ width: 360, height: 740 })
      await expect.poll(() => page.evaluate(() => document.documentElement.scrollWidth), { message: address }).toBeLessThanOrEqual(360)
    }
    expect(complaintsOf(page)).toEqual([])
  })
}
