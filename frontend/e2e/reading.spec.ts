import { expect, type Page } from '@playwright/test'
import { barriers } from './accessibility'
import { as, complaintsOf, test } from './people'

const telephone = { width: 360, height: 740 }

/** A published result of the demo that a package contains. */
async function packagedResult(page: Page): Promise<string> {
  const { hits } = (await (await page.request.get('/api/v1/search?kind=achievement&q=苦咸水&page_size=1&facets=none')).json()) as { hits: { id: string }[] }
  return `/achievements/${hits[0]?.id ?? 'none'}`
}

test('the page of what is not there, or not for the reader, says what may be the reason and leads on', async ({ page, browser }) => {
  const missing = '/needs/00000000-0000-7000-8000-000000000000'
  await page.goto(missing)
  await expect(page.getByRole('heading', { level: 1, name: '看不到这项内容' })).toBeVisible()
  await expect(page).toHaveTitle(/^看不到这项内容/)
  await expect(page.getByRole('button', { name: '重试' })).toHaveCount(0)
  expect(await barriers(page)).toEqual([])
  const main = page.getByRole('main')
  await expect(main.getByRole('link', { name: '登录' })).toHaveAttribute('href', `/sign-in?next=${encodeURIComponent(missing)}`)
  await main.getByRole('link', { name: '搜索成果与需求' }).click()
  await expect(page).toHaveURL(/\/search$/)

  const engineer = await as(browser, 'engineer')
  await engineer.goto('/deals/00000000-0000-7000-8000-000000000000')
  await expect(engineer.getByRole('heading', { level: 1, name: '看不到这项内容' })).toBeVisible()
  await expect(engineer.getByRole('main').getByRole('link', { name: '登录' })).toHaveCount(0)
  await engineer.getByRole('main').getByRole('link', { name: '回到工作台' }).click()
  await expect(engineer).toHaveURL(/\/dashboard$/)
  expect(complaintsOf(engineer)).toEqual([])
})

test('on a telephone the top of a result says how ready it is, and leads to where its package is asked for', async ({ page }) => {
  await page.setViewportSize(telephone)
  await page.goto(await packagedResult(page))
  const top = page.locator('article > header')
  await expect(top).toContainText(/成熟度 \d 级/)
  await top.getByRole('link', { name: '价格与引荐' }).click()
  const ask = page.getByRole('link', { name: '通过所在成果包申请引荐' })
  await expect(ask).toBeInViewport()
  await ask.click()
  await expect(page).toHaveURL(/\/packages\/.*#ask$/)
  await expect(page.getByRole('button', { name: '申请引荐' })).toBeInViewport()

  // A need whose organisation is not told is a visitor's own as little as any other.
  const { hits } = (await (await page.request.get('/api/v1/search?kind=need&q=戈壁光伏&page_size=1&facets=none')).json()) as { hits: { id: string }[] }
  await page.goto(`/needs/${hits[0]?.id ?? 'none'}`)
  await top.getByRole('link', { name: '预算与引荐' }).click()
  await expect(page.getByRole('button', { name: '申请引荐' })).toBeInViewport()
})

test('on a telephone the first result begins in the upper half of the screen', async ({ page }) => {
  await page.setViewportSize(telephone)
  await page.goto('/search?q=电池')
  const first = page.getByRole('article').first()
  await expect(first).toBeVisible()
  expect((await first.boundingBox())?.y).toBeLessThan(telephone.height * 0.55)
  await expect(page.getByRole('link', { name: '保存此搜索' })).toBeVisible()
})

test('one’s own listings say how many there are, and are chosen by boxes large enough for a finger', async ({ browser }) => {
  const officer = await as(browser, 'uniOfficer')
  const { total } = (await (await officer.request.get('/api/v1/achievements?page_size=1')).json()) as { total: number }
  await officer.goto('/my/listings?kind=achievement')
  await expect(officer.getByRole('status').filter({ hasText: '共' })).toHaveText(`共 ${total} 项`)
  const box = await officer.getByRole('checkbox').first().boundingBox()
  expect(Math.min(box?.width ?? 0, box?.height ?? 0)).toBeGreaterThanOrEqual(24)
  expect(complaintsOf(officer)).toEqual([])
})

test('on a tablet no button of the bar lies over another', async ({ browser }) => {
  const page = await as(browser, 'officer', { locale: 'en-GB' })
  await page.setViewportSize({ width: 768, height: 900 })
  await page.goto('/deals')
  const bar = page.getByRole('banner')
  await expect(bar.getByRole('button', { name: /^Acting for/ })).toBeVisible()
  await expect(bar.getByRole('link', { name: /^Notices/ }).or(bar.getByRole('button', { name: /^Notices/ }))).toBeVisible()
  const covered = await bar.evaluate((header) => {
    const boxes = [...header.querySelectorAll('button, a')].map((each) => each.getBoundingClientRect()).filter((box) => box.width > 0)
    return boxes.sort((a, b) => a.x - b.x).filter((box, at) => at > 0 && (boxes[at - 1]?.right ?? 0) > box.left).length
  })
  expect(covered).toBe(0)
})

test('on a telephone the weights of a reward plan are read without moving the table', async ({ browser }) => {
  const head = await as(browser, 'head')
  await head.setViewportSize(telephone)
  const oldest = async (path: string): Promise<string> => {
    const { items } = (await (await head.request.get(`/api/v1${path}`)).json()) as { items: { id: string }[] }
    return items.at(-1)?.id ?? 'none'
  }
  await head.goto(`/plans/${await oldest(`/contracts/${await oldest('/contracts')}/plans`)}`)
  await expect(head.getByText('《促进科技成果转化法》')).toBeVisible() // the rule by its name, not by its code alone
  const cells = head.getByRole('table', { name: '贡献人' }).getByRole('cell')
  await expect(cells.filter({ hasText: '%' }).first()).toBeVisible()
  for (const cell of await cells.all()) {
    const place = await cell.boundingBox()
    expect((place?.x ?? Infinity) + (place?.width ?? 0)).toBeLessThanOrEqual(telephone.width)
  }
  expect(await barriers(head)).toEqual([])
})

test('the keyboard begins at the top of a page that was opened, with the way past the bar; a page gone to from another begins in itself', async ({ page, browser }) => {
  await page.goto('/terms')
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible()
  await page.keyboard.press('Tab')
  await expect(page.getByRole('link', { name: '跳到正文' })).toBeFocused()
  await page.keyboard.press('Enter')
  await expect(page.getByRole('main')).toBeFocused()
  await page.getByRole('link', { name: '隐私政策' }).last().click()
  await expect(page).toHaveURL(/\/privacy$/)
  await expect(page.getByRole('main')).toBeFocused()

  const broker = await as(browser, 'broker')
  await broker.goto('/desk/needs')
  await expect(broker.getByRole('article').first()).toBeVisible()
  await broker.keyboard.press('Tab')
  await expect(broker.getByRole('link', { name: '跳到正文' })).toBeFocused()
})

test('a page four times as large is no wider than its window', async ({ browser }) => {
  const context = await browser.newContext({ locale: 'en-US', viewport: { width: 320, height: 640 } })
  const page = await context.newPage()
  for (const address of ['/', '/search?q=battery', '/sign-in', '/terms', await packagedResult(page)]) {
    await page.goto(address)
    await expect(page.getByRole('heading', { level: 1 }).first()).toBeAttached()
    await expect.poll(() => page.evaluate(() => document.documentElement.scrollWidth), { message: address }).toBeLessThanOrEqual(320)
  }
})
