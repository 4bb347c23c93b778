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

for (const [person, addresses] of places) {
  for (const theme of ['light', 'dark'] as const) {
    test(`${person ?? 'a visitor'} can read every page in the ${theme} theme (WCAG 2.2 AA)`, async ({ browser, page: visitor }) => {
      const page = person ? await as(browser, person) : visitor
      await page.emulateMedia({ colorScheme: theme, reducedMotion: 'reduce' })
      for (const address of addresses) {
        await open(page, address)
        const { violations } = await new AxeBuilder({ page }).withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']).analyze()
        expect(violations.map((each) => `${address} ${each.id}: ${each.nodes.map((node) => node.target.join(' ')).join(', ')}`)).toEqual([])
      }
      expect(complaintsOf(page)).toEqual([])
    })
  }

  test(`nothing that ${person ?? 'a visitor'} sees is wider than the narrowest telephone`, async ({ browser, page: visitor }) => {
    const page = person ? await as(browser, person) : visitor
    await page.setViewportSize({ width: 360, height: 740 })
    for (const address of addresses) {
      await open(page, address)
      expect(await page.evaluate(() => document.documentElement.scrollWidth), address).toBeLessThanOrEqual(360)
    }
  })
}
