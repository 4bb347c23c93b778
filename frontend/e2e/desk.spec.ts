import { expect, type Page } from '@playwright/test'
import { barriers } from './accessibility'
import { as, complaintsOf, test } from './people'

/** Nothing of the page lies beside the narrowest telephone. */
async function fits(page: Page): Promise<void> {
  await page.setViewportSize({ width: 360, height: 740 })
  await expect.poll(() => page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360)
  await page.setViewportSize({ width: 1280, height: 900 })
}

test('a broker puts two sides together by hand, who read who did it and why, until it is taken back', async ({ browser }) => {
  const broker = await as(browser, 'broker')
  const why = `双方都在北疆，设备已在同类果园用过 ${Date.now()}`

  await test.step('the first page says what lies on the desk, and not that nothing waits', async () => {
    await broker.goto('/dashboard')
    await expect(broker.getByRole('link', { name: /待对接的需求/ }).first()).toBeVisible()
    await expect(broker.getByRole('heading', { name: '从这里开始' })).toBeVisible()
    await expect(broker.getByText('没有等您处理的事')).toHaveCount(0)
  })

  await test.step('the desk lists the needs to which nobody has been introduced', async () => {
    await broker.goto('/desk/needs?sort=oldest')
    await expect(broker.getByRole('heading', { level: 1 })).toHaveText('撮合工作台')
    await expect(broker.getByRole('article').first()).toBeVisible()
    expect(await barriers(broker)).toEqual([])
    await fits(broker)
  })

  // The oldest, and then by its name: what other tests publish may join the list at any time.
  const need = (await broker.getByRole('article').first().getByRole('heading', { level: 2 }).innerText()).trim()
  const card = broker.getByRole('article').filter({ has: broker.getByRole('heading', { name: need, exact: true }) })
  let result = ''

  await test.step('what may fit stands in the dialog, and a reason is asked for', async () => {
    await card.getByRole('button', { name: '推荐对接' }).click()
    const dialog = broker.getByRole('dialog', { name: '向双方推荐对接' })
    await expect(dialog.getByText(need)).toBeVisible()
    await dialog.getByRole('button', { name: '推荐', exact: true }).click()
    await expect(dialog.getByRole('alert')).toBeVisible()
    await expect(dialog.getByText('可能契合的，最契合的在前')).toBeVisible()
    const candidate = dialog.getByRole('listitem').filter({ has: broker.getByRole('radio') }).first()
    await expect(candidate).toContainText(/高度契合|较为契合|可能相关/)
    await expect(candidate).toContainText(/共同|领域|省/) // why
    await dialog.getByRole('searchbox').fill('玉米')
    await expect(dialog.getByText('可能契合的，最契合的在前')).toHaveCount(0) // what was found has taken their place
    const chosen = dialog.getByRole('radio', { name: /^成果 .*天山绿洲农业研究院/ }).first()
    await chosen.check()
    result = await chosen.inputValue()
    await dialog.getByRole('group', { name: /推荐理由/ }).getByLabel('中文').fill(why)
    expect(await barriers(broker)).toEqual([])
    await fits(broker)
    await dialog.getByRole('button', { name: '推荐', exact: true }).click()
    await expect(broker).toHaveURL(/\/desk\/proposals$/)
    await expect(broker.getByRole('article').filter({ hasText: why })).toContainText('推荐中')
    expect(await barriers(broker)).toEqual([])
    await fits(broker)
  })

  const owner = await as(browser, 'officer')
  await test.step('the owner of the result finds it among the matches, with the name of the broker', async () => {
    await owner.goto(`/achievements/${result}/matches`)
    const proposed = owner.getByRole('article').filter({ hasText: why })
    await expect(proposed).toContainText(/由技术经纪机构 .+ 推荐/)
    await expect(proposed).toContainText(need)
    expect(await barriers(owner)).toEqual([])
    await fits(owner)
  })

  await test.step('taken back, it is seen no more', async () => {
    const mine = broker.getByRole('article').filter({ hasText: why })
    await mine.getByRole('button', { name: '撤回' }).click()
    await broker.getByRole('dialog').getByRole('button', { name: '撤回' }).click()
    await expect(mine).toContainText('已撤回')
    await owner.reload()
    await expect(owner.getByRole('heading', { level: 1 })).toBeVisible()
    await expect(owner.getByText(why)).toHaveCount(0)
  })
  expect([complaintsOf(broker), complaintsOf(owner)]).toEqual([[], []])
})

test('the desk shows good matches that nobody acted on, or says that there are none', async ({ browser }) => {
  const broker = await as(browser, 'broker')
  await broker.goto('/desk/matches')
  await expect(broker.getByRole('article').or(broker.getByText('没有无人处理的匹配')).first()).toBeVisible()
  expect(await barriers(broker)).toEqual([])
  await fits(broker)
  await broker.getByLabel('时间').selectOption('7')
  await expect(broker).toHaveURL(/days=7/)
  await broker.getByLabel('技术领域').selectOption('agriculture')
  await broker.getByRole('link', { name: /待对接的需求/ }).click()
  await expect(broker).toHaveURL(/\/desk\/needs\?field=agriculture$/) // goes along; the age is the other list's
  await expect(broker.getByLabel('技术领域')).toHaveValue('agriculture')
})

test('the desk keeps to a province with its prefectures, or to one of these', async ({ browser }) => {
  const broker = await as(browser, 'broker')
  await broker.goto('/desk/needs')
  await expect(broker.getByRole('article').first()).toBeVisible()
  const region = broker.getByRole('combobox', { name: '地区' })
  const feet = broker.getByRole('article')
  const choose = async (typed: string, name: RegExp) => {
    await region.fill(typed)
    await broker.getByRole('option', { name }).click()
  }
  await choose('巴音', /^巴音郭楞/)
  await expect(broker).toHaveURL(/region=652800/)
  await expect(feet.filter({ hasNotText: '巴音郭楞' })).toHaveCount(0)
  await expect(feet.first()).toBeVisible()
  const few = await feet.count()
  await choose('新疆', /^新疆/)
  await expect(broker).toHaveURL(/region=650000/)
  await expect(feet.filter({ hasNotText: '巴音郭楞' }).first()).toBeVisible()
  expect(await feet.count()).toBeGreaterThan(few)
  expect(await barriers(broker)).toEqual([])
  await fits(broker)
  await broker.getByRole('link', { name: /无人处理的匹配/ }).click()
  await expect(broker).toHaveURL(/\/desk\/matches\?region=650000$/)
  expect(complaintsOf(broker)).toEqual([])
})

test('what a broker sets aside is off the list, and is brought back', async ({ browser }) => {
  const broker = await as(browser, 'broker')
  await broker.goto('/desk/needs?sort=oldest')
  const cards = broker.getByRole('article')
  await expect(cards.first()).toBeVisible()
  // Named, not counted, and not the newest: what other tests publish joins the list at any time, and leaves it.
  const title = (await cards.nth(1).getByRole('heading', { level: 2 }).innerText()).trim()
  const card = cards.filter({ has: broker.getByRole('heading', { name: title, exact: true }) })

  await test.step('by one press, which can be undone', async () => {
    await card.getByRole('button', { name: `搁置 ${title}` }).press('Enter')
    await expect(card).toHaveCount(0)
    await expect(cards.first()).toBeVisible()
    await broker.getByRole('button', { name: '撤销' }).click()
    await expect(card).toBeVisible()
  })

  await test.step('to a list of its own, from which it comes back', async () => {
    await card.getByRole('button', { name: `搁置 ${title}` }).press('Enter')
    await expect(card).toHaveCount(0)
    await expect(broker.getByRole('link', { name: '已搁置 1 项' })).toBeVisible()
    expect(await barriers(broker)).toEqual([])
    await broker.getByRole('link', { name: '已搁置 1 项' }).click()
    await expect(broker).toHaveURL(/aside=true/)
    await expect(card).toBeVisible()
    expect(await barriers(broker)).toEqual([])
    await fits(broker)
    await card.getByRole('button', { name: `放回清单 ${title}` }).press('Enter')
    await expect(broker.getByText('没有搁置的内容')).toBeVisible()
    await broker.getByRole('link', { name: '返回清单' }).click()
    await expect(card).toBeVisible()
  })
  expect(complaintsOf(broker)).toEqual([])
})
