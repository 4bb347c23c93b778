import { expect, type Page } from '@playwright/test'
import { barriers, contrast } from './accessibility'
import { as, complaintsOf, test } from './people'

const tray = (page: Page) => page.getByRole('region', { name: '已选的对比内容' })
const toggles = (page: Page) => page.getByRole('article').getByRole('button', { name: /^对比：/ })

test('what was found is chosen, compared side by side, and shared by its address', async ({ page, browser }) => {
  // Of fields in which no test publishes or takes back a package.
  await page.goto('/search?kind=package&field=new_energy&field=environment')
  await expect(toggles(page).nth(2)).toBeVisible()
  await expect(tray(page)).toHaveCount(0)
  const titles = await page.getByRole('article').getByRole('heading').allTextContents()

  await test.step('a choice by keyboard shows at the foot, and lasts over a reload', async () => {
    await toggles(page).nth(0).focus()
    await page.keyboard.press('Enter')
    await expect(toggles(page).nth(0)).toHaveAttribute('aria-pressed', 'true')
    await expect(tray(page)).toContainText('再选一项即可对比')
    await toggles(page).nth(1).click()
    await toggles(page).nth(2).click()
    await page.reload()
    await expect(tray(page).getByRole('link', { name: '对比（3）' })).toBeVisible()
    expect(await barriers(page)).toEqual([])
  })

  await test.step('what is taken out leaves the focus in the tray', async () => {
    await tray(page).getByRole('button', { name: `移除${titles[2]}` }).press('Enter')
    await expect(tray(page).getByRole('link', { name: '对比（2）' })).toBeVisible()
    await expect.poll(() => page.evaluate(() => document.activeElement?.closest('[data-tray]') !== null)).toBe(true)
  })

  await test.step('a need is not put among packages without being asked about', async () => {
    await page.goto('/search?kind=need')
    const dialog = page.getByRole('dialog', { name: '改为对比需求？' })
    await toggles(page).first().click()
    await dialog.getByRole('button', { name: '取消' }).click()
    await expect(toggles(page).first()).toHaveAttribute('aria-pressed', 'false')
    await expect(toggles(page).first()).toBeFocused()
    await expect(tray(page)).toContainText(titles[0] ?? '')
    expect(await barriers(page)).toEqual([])
  })

  await tray(page).getByRole('link', { name: '对比（2）' }).click()
  await expect(page).toHaveURL(/\/compare\?ids=package:[^,]+,package:[^,]+$/)
  const address = page.url()
  await page.goto('/compare')
  await expect(page, 'without an address, what was chosen is compared').toHaveURL(address)
  const table = page.getByRole('table')
  const rows = table.getByRole('row')

  await test.step('columns are listings, rows what matters, and where they differ is written', async () => {
    await expect(table.getByRole('columnheader')).toHaveCount(3)
    for (const title of titles.slice(0, 2)) await expect(table.getByRole('link', { name: title })).toBeVisible()
    await expect(rows.filter({ has: page.getByRole('rowheader', { name: '类型', exact: true }) })).toContainText('成果包成果包')
    await expect(rows.filter({ has: page.getByRole('rowheader', { name: /^组成/ }) })).toContainText('不同')
    expect(await barriers(page)).toEqual([])
    await page.emulateMedia({ colorScheme: 'dark', reducedMotion: 'reduce' })
    expect(await barriers(page, contrast), 'in the dark').toEqual([])
  })

  await test.step('the switch leaves the differences, and stands in the address', async () => {
    await page.getByRole('switch', { name: '只看不同之处' }).check()
    await expect(page).toHaveURL(/only=differences/)
    await expect(page.getByRole('rowheader', { name: '类型', exact: true })).toHaveCount(0)
    await page.reload()
    await expect(page.getByRole('switch')).toBeChecked()
    for (const row of await rows.filter({ has: page.locator('td') }).all()) await expect(row).toContainText(/不同|下一步/)
  })

  await test.step('on the narrowest telephone columns scroll, and the names of the rows stay', async () => {
    await page.setViewportSize({ width: 360, height: 740 })
    await expect.poll(() => page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360)
    const name = page.getByRole('rowheader').first()
    const before = await name.boundingBox()
    await page.getByRole('group', { name: '并排对比' }).evaluate((frame) => frame.scrollBy(200, 0))
    await expect.poll(async () => (await name.boundingBox())?.x).toBe(before?.x)
    await expect(name).toBeInViewport()
    await page.setViewportSize({ width: 1280, height: 900 })
  })

  await test.step('members read prices in the shared page where a visitor is told for whom they are', async () => {
    const price = (reader: Page) => reader.getByRole('row').filter({ has: reader.getByRole('rowheader', { name: /^意向价格/ }) })
    await page.goto(page.url().replace('&only=differences', ''))
    await expect(table).toBeVisible()
    const member = await as(browser, 'engineer')
    await member.goto(page.url())
    await expect(price(member)).toContainText('万元')
    await expect(page.getByText(/万元/)).toHaveCount(0)
    await expect(member.getByRole('button', { name: '申请引荐' }).first()).toBeVisible()
    expect(complaintsOf(member)).toEqual([])
  })
})

test('a listing that is gone or hidden is a column that does not tell which it was', async ({ page, request }) => {
  const { hits } = (await (await request.get('/api/v1/search?kind=achievement&page_size=1&facets=none')).json()) as { hits: { id: string; title: { text: string } }[] }
  await page.goto(`/compare?ids=achievement:${hits[0]?.id},achievement:00000000-0000-7000-8000-000000000000`)
  const heads = page.getByRole('columnheader')
  await expect(heads.nth(1)).toContainText(hits[0]?.title.text ?? '')
  await expect(heads.nth(2)).toHaveText('没有找到，或者您无权查看。')
  await expect(page.getByRole('switch')).toHaveCount(0) // one listing differs from none
  expect(await barriers(page)).toEqual([])
  await heads.nth(2).getByRole('button', { name: '移除第 2 列' }).click()
  await expect(heads).toHaveCount(2)
  await expect(page.getByRole('heading', { level: 1 })).toBeFocused()
})
