import { expect, type Page } from '@playwright/test'
import { barriers, contrast } from './accessibility'
import { as, complaintsOf, test, type people } from './people'

/** Where each person works; every page is for everybody: by keyboard, by reader, on a telephone. */
const places: [keyof typeof people | null, string[]][] = [
  [null, ['/', '/search?q=电池', '/sign-in', '/register', '/reset-password', '/terms', '/privacy']],
  ['officer', ['/dashboard', '/my/listings', '/my/achievements/new', '/my/packages/new', '/my/needs/new', '/introductions', '/deals', '/contracts', '/organisation', '/profile']],
  ['inventor', ['/dashboard', '/my/rewards']],
  ['reviewer', ['/reviews']],
  ['operator', ['/platform/organisations', '/platform/operations', '/platform/accounts', '/platform/synonyms']],
]

async function open(page: Page, address: string): Promise<void> {
  await page.goto(address)
  await expect(page.getByRole('heading', { level: 1 }).first()).toBeAttached()
  await expect(page.getByText('正在载入……')).toHaveCount(0)
}

/** A change of colours shows with the next frame; axe reads what is painted. */
async function painted(page: Page): Promise<void> {
  await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))))
}

/** What is asked of every page: axe finds nothing, in the dark neither, and a telephone shows all of it. */
async function readable(page: Page, address: string): Promise<void> {
  await page.setViewportSize({ width: 1280, height: 900 })
  await page.emulateMedia({ colorScheme: 'light', reducedMotion: 'reduce' })
  await open(page, address)
  expect(await barriers(page), address).toEqual([])
  await page.emulateMedia({ colorScheme: 'dark', reducedMotion: 'reduce' })
  await painted(page)
  expect(await barriers(page, contrast), `${address} in the dark`).toEqual([])
  await page.setViewportSize({ width: 360, height: 740 })
  await expect.poll(() => page.evaluate(() => document.documentElement.scrollWidth), { message: address }).toBeLessThanOrEqual(360)
}

for (const [person, addresses] of places) {
  test(`${person ?? 'a visitor'} can read every page: by reader, in the dark, on the narrowest telephone`, async ({ browser, page: visitor }) => {
    const page = person ? await as(browser, person) : visitor
    for (const address of addresses) await readable(page, address)
    expect(complaintsOf(page)).toEqual([])
  })
}

test('the seller can read every page of a deal, from the introduction to the money', async ({ browser }) => {
  const page = await as(browser, 'head')
  const first = async (path: string): Promise<string> => {
    const { items } = (await (await page.request.get(`/api/v1${path}`)).json()) as { items: { id: string }[] }
    return items.at(-1)?.id ?? `nothing at ${path}`
  }
  // The oldest: the deal that the demo has taken all the way.
  const contract = await first('/contracts')
  for (const address of [
    `/introductions/${await first('/introductions?box=received')}`,
    `/deals/${await first('/deals')}`,
    `/contracts/${contract}`,
    `/plans/${await first(`/contracts/${contract}/plans`)}`,
    `/distributions/${await first(`/contracts/${contract}/distributions`)}`,
  ]) {
    await readable(page, address)
  }
  expect(complaintsOf(page)).toEqual([])
})
