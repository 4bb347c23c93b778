import { expect, type Page } from '@playwright/test'
import { barriers } from './accessibility'
import { as, complaintsOf, test } from './people'

interface Found {
  kind: string
  subject_id: string
  title: string
}

/** The oldest of what was found is the demo's: ids grow with time, and what other tests publish they may take back. */
function oldest(found: Found[]): Found | undefined {
  return found.toSorted((a, b) => a.subject_id.localeCompare(b.subject_id)).at(0)
}

/** The need of the demo for which most was found, and something that was found. */
async function matchedNeed(page: Page): Promise<{ id: string; found: string }> {
  const own = (await (await page.request.get('/api/v1/needs?page_size=50')).json()) as { items: { id: string; state: string }[] }
  let most: { id: string; found: Found[] } = { id: '', found: [] }
  await expect(async () => {
    for (const { id, state } of own.items) {
      if (state !== 'published' && state !== 'matched') continue
      const list = (await (await page.request.get(`/api/v1/needs/${id}/matches`)).json()) as { items: Found[] }
      if (list.items.length > most.found.length) most = { id, found: list.items }
    }
    expect(most.found.length).toBeGreaterThan(1)
  }).toPass({ timeout: 180_000 })
  return { id: most.id, found: oldest(most.found)?.title ?? '' }
}

test('what is not relevant leaves the list with its reason, and is brought back', async ({ browser }) => {
  const page = await as(browser, 'waterManager')
  const { id, found: title } = await matchedNeed(page)
  await page.goto(`/needs/${id}/matches`)
  const cards = page.getByRole('article')
  await expect(cards.first()).toBeVisible()
  // Named, not counted: what other tests publish may join the list at any time.
  const card = cards.filter({ has: page.getByRole('heading', { name: title, exact: true }) })
  expect(await barriers(page)).toEqual([])

  await test.step('an opinion is given and taken back in one place', async () => {
    const useful = card.getByRole('button', { name: '有用' })
    await useful.focus()
    for (const pressed of ['true', 'false']) {
      await page.keyboard.press('Enter')
      await expect(useful).toHaveAttribute('aria-pressed', pressed)
      await expect(useful).toBeFocused()
    }
  })

  await test.step('what was taken out comes back at once, with what was said of it before', async () => {
    const useful = card.getByRole('button', { name: '有用' })
    await useful.click()
    await expect(useful).toHaveAttribute('aria-pressed', 'true')
    await card.getByRole('button', { name: '不相关' }).click()
    await page.getByRole('button', { name: '移出列表' }).click()
    const undo = page.getByRole('button', { name: '撤销' }).last()
    await undo.hover() // who points at a notice has all the time
    await expect(card).toHaveCount(0)
    expect(await barriers(page)).toEqual([])
    await undo.click()
    await expect(card).toBeVisible()
    await expect(useful).toHaveAttribute('aria-pressed', 'true')
    await useful.click()
    await expect(useful).toHaveAttribute('aria-pressed', 'false')
  })

  await test.step('the reason is asked for, and may be left', async () => {
    const irrelevant = card.getByRole('button', { name: '不相关' })
    const dialog = page.getByRole('dialog', { name: '这条匹配不相关' })
    await irrelevant.click()
    await dialog.getByRole('button', { name: '取消' }).click()
    await expect(irrelevant).toBeFocused()
    await irrelevant.click()
    await expect(dialog).toContainText(title)
    expect(await barriers(page)).toEqual([])
    await dialog.getByRole('radio', { name: '技术路线不符' }).check()
    await dialog.getByLabel('补充说明').fill('我们不走这条路线')
    await dialog.getByRole('button', { name: '移出列表' }).click()
    await expect(dialog).toHaveCount(0)
  })

  await test.step('it has left the list, which says so', async () => {
    await expect(card).toHaveCount(0)
    await expect(cards.first()).toBeVisible()
    await expect(page.getByRole('status').filter({ hasText: '移出 1 条' })).toBeVisible()
    await expect(page.getByRole('heading', { level: 1 })).toBeFocused()
    expect(await barriers(page)).toEqual([])
  })

  await test.step('it stands among those taken out, with what was said', async () => {
    await page.getByRole('link', { name: '查看已移出的' }).click()
    await expect(cards).toHaveCount(1)
    await expect(cards.first()).toContainText(title)
    await expect(cards.first()).toContainText('技术路线不符')
    await expect(cards.first()).toContainText('我们不走这条路线')
    expect(await barriers(page)).toEqual([])
  })

  await test.step('brought back, the list is as before', async () => {
    await page.getByRole('button', { name: '恢复到列表' }).click()
    await expect(cards).toHaveCount(0)
    await page.getByRole('link', { name: '返回列表' }).click()
    await expect(card).toBeVisible()
    await expect(page.getByRole('link', { name: '查看已移出的' })).toHaveCount(0)
  })
  expect(complaintsOf(page)).toEqual([])
})

test('who asks for a package has the own need that matches chosen already, with its band', async ({ browser }) => {
  const page = await as(browser, 'sunvoltManager')
  let path = ''
  let own: { items: { id: string; band: string }[] } = { items: [] }
  await expect(async () => {
    const needs = (await (await page.request.get('/api/v1/needs?state=published')).json()) as { items: { id: string }[] }
    const found = (await (await page.request.get(`/api/v1/needs/${needs.items[0]?.id}/matches`)).json()) as { items: Found[] }
    path = `/packages/${oldest(found.items.filter(({ kind }) => kind === 'package'))?.subject_id}`
    own = (await (await page.request.get(`/api/v1${path}/own-needs`)).json()) as typeof own
    expect(own.items.length).toBeGreaterThan(0)
  }).toPass({ timeout: 180_000 })
  await page.goto(path)
  await page.getByRole('button', { name: '申请引荐' }).click()
  const dialog = page.getByRole('dialog', { name: '向对方申请引荐' })
  const needs = dialog.getByLabel('对应的本单位需求')
  await expect(needs.locator('option').nth(1)).toHaveAttribute('value', own.items[0]?.id ?? '')
  await expect(needs).toHaveValue(own.items.length === 1 ? (own.items[0]?.id ?? '') : '')
  await needs.selectOption(own.items[0]?.id ?? '')
  await expect(dialog.getByText(/^(高度契合|较为契合|可能相关)$/)).toBeVisible()
  expect(await barriers(page)).toEqual([])
  await page.setViewportSize({ width: 360, height: 740 })
  await expect.poll(() => page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360)
  expect(complaintsOf(page)).toEqual([])
})

test('the dashboard tells of new strong matches and leads to them, and is silent where there are none', async ({ browser }) => {
  const page = await as(browser, 'sunvoltManager')
  await page.goto('/dashboard')
  const fresh = page.getByRole('region', { name: '新的高度契合匹配' })
  const first = fresh.getByRole('listitem').first()
  await expect(first).toContainText('高度契合')
  await expect(first).toContainText(/共同的关键词|同一技术领域/)
  expect(await barriers(page)).toEqual([])
  await page.setViewportSize({ width: 360, height: 740 })
  await expect.poll(() => page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360)
  // By its address and name: a newer one may come before it at any time.
  const address = (await first.getByRole('link').getAttribute('href')) ?? ''
  const told = await fresh.locator(`a[href="${address}"]`).allInnerTexts()
  await fresh.locator(`a[href="${address}"]`).first().click()
  await expect(page).toHaveURL(/\/needs\/[^/]+\/matches$/)
  await expect(page.getByRole('article').first()).toBeVisible()
  const found = await page.getByRole('article').getByRole('heading').allInnerTexts()
  expect(found.some((title) => told.some((text) => text.includes(title)))).toBe(true)

  const registrar = await as(browser, 'registrar')
  await Promise.all([registrar.waitForResponse('**/api/v1/me/matches'), registrar.goto('/dashboard')])
  await expect(registrar.getByRole('heading', { name: '等您处理' })).toBeVisible()
  await expect(registrar.getByRole('heading', { name: '新的高度契合匹配' })).toHaveCount(0)
  expect([complaintsOf(page), complaintsOf(registrar)]).toEqual([[], []])
})

test('an open list tells what was found since, and shows it when asked', async ({ browser }) => {
  const page = await as(browser, 'machineManager')
  const officer = await as(browser, 'officer')
  const reviewer = await as(browser, 'reviewer')
  const own = (await (await page.request.get('/api/v1/needs?state=published')).json()) as { items: { id: string }[] }
  const id = own.items[0]?.id ?? ''
  const need = ((await (await page.request.get(`/api/v1/needs/${id}`)).json()) as { content: { title: object; problem: object; keywords_zh: string[]; technical_field: string } }).content
  await page.clock.install()
  await page.goto(`/needs/${id}/matches`)
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible()
  await expect(page.getByText(/排序模型|暂时没有匹配/).first()).toBeVisible()
  const titles = page.getByRole('article').getByRole('heading')
  const before = await titles.allInnerTexts()

  const me = (await (await officer.request.get('/api/v1/me')).json()) as { person_id: string }
  const title = `刚刚发布的对应成果 ${Date.now()}`
  const made = await officer.request.post('/api/v1/achievements', {
    data: { title: { zh: title }, value_line: need.title, abstract: need.problem, keywords_zh: need.keywords_zh, technical_field: need.technical_field, contributors: [{ person_id: me.person_id, role: 'COMPLETER', weight: 1 }] },
  })
  const result = ((await made.json()) as { head: { id: string } }).head.id
  const submitted = await officer.request.post(`/api/v1/achievements/${result}/steps`, { headers: { 'If-Match': made.headers()['etag'] ?? '' }, data: { action: 'submit' } })
  const review = (await (await reviewer.request.get(`/api/v1/reviews/achievement/${result}`)).json()) as { checklist: { code: string }[] }
  const published = await reviewer.request.post(`/api/v1/achievements/${result}/steps`, {
    headers: { 'If-Match': submitted.headers()['etag'] ?? '' },
    data: { action: 'publish', checklist: review.checklist.map(({ code }) => ({ code, ok: true })) },
  })
  expect(published.ok(), await published.text()).toBe(true)

  const told = page.getByRole('status').filter({ hasText: '项新的匹配' })
  await expect(async () => {
    await page.clock.fastForward('01:00')
    await expect(told).toBeVisible({ timeout: 1000 })
  }).toPass({ timeout: 60_000 })
  expect(await titles.allInnerTexts()).toEqual(before)
  expect(await barriers(page)).toEqual([])
  await told.getByRole('button', { name: '查看' }).click()
  await expect(page.getByRole('article').filter({ hasText: title })).toBeVisible()
  await expect(told).toHaveCount(0)
  await expect(page.getByRole('heading', { level: 1 })).toBeFocused()
  for (const each of [page, officer, reviewer]) expect(complaintsOf(each)).toEqual([])
})

test('anyone reads how well the matching does, on the narrowest telephone', async ({ page }) => {
  await page.setViewportSize({ width: 360, height: 740 })
  await page.goto('/matching/precision')
  await expect(page.getByText('正在使用')).toBeVisible()
  expect(await barriers(page)).toEqual([])
  await expect.poll(() => page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360)
})

test('who has asked about a listing is led there to what was asked, until it is taken back', async ({ browser }) => {
  const asking = await as(browser, 'machineManager')
  const { hits } = (await (await asking.request.get(`/api/v1/search?kind=package&q=${encodeURIComponent('县域苦咸水安全供水成果包')}`)).json()) as { hits: { id: string }[] }
  const path = `/packages/${hits[0]?.id ?? 'none'}`
  // The list has been read before, as one that nothing was sent in.
  await asking.goto('/introductions?box=sent')
  await expect(asking.getByRole('heading', { level: 1 })).toBeVisible()
  await asking.goto(path)
  await asking.getByRole('button', { name: '申请引荐' }).click()
  await asking.getByLabel('给对方的话').fill('厂区生活用水也是苦咸水，想了解价格。')
  await asking.getByRole('button', { name: '发送' }).click()
  await expect(asking.getByRole('article').filter({ hasText: '厂区生活用水也是苦咸水' })).toBeVisible()
  await asking.goBack()
  await expect(asking).toHaveURL(path)
  await expect(asking.getByRole('button', { name: '再次申请引荐' })).toBeVisible()
  expect(await barriers(asking)).toEqual([])
  await asking.getByRole('link', { name: '查看引荐' }).click()
  await expect(asking.getByText('厂区生活用水也是苦咸水，想了解价格。')).toBeVisible()
  await asking.getByRole('button', { name: '撤回' }).click()
  await expect(asking.getByText('已撤回').first()).toBeVisible()
  await asking.goto(path)
  await expect(asking.getByRole('button', { name: '申请引荐', exact: true })).toBeVisible()
  await expect(asking.getByRole('link', { name: '查看引荐' })).toHaveCount(0)
  expect(complaintsOf(asking)).toEqual([])
})

test('who declines says why: nothing is chosen beforehand, and what is not in the list is told in words', async ({ browser }) => {
  const asking = await as(browser, 'machineManager')
  const officer = await as(browser, 'uniOfficer')
  const { hits } = (await (await asking.request.get(`/api/v1/search?kind=package&q=${encodeURIComponent('智能农机与装备诊断成果包')}`)).json()) as { hits: { id: string }[] }
  const made = await asking.request.post('/api/v1/introductions', { data: { package_id: hits[0]?.id, message: '想了解机械臂图纸许可' }, headers: { 'Idempotency-Key': crypto.randomUUID() } })
  expect(made.ok(), await made.text()).toBe(true)
  const address = `/introductions/${((await made.json()) as { id: string }).id}`
  await officer.goto(address)
  await officer.getByRole('button', { name: '婉拒' }).click()
  const dialog = officer.getByRole('dialog', { name: '为什么婉拒？' })
  const decline = dialog.getByRole('button', { name: '婉拒' })
  await expect(decline).toBeDisabled()
  expect(await barriers(officer)).toEqual([])
  await dialog.getByLabel('原因').selectOption({ label: '暂无人力承接' })
  await expect(decline).toBeEnabled()
  await dialog.getByLabel('原因').selectOption({ label: '其他' })
  await expect(decline).toBeDisabled()
  await dialog.getByLabel('给对方的说明').fill('样机明年三月才有')
  await decline.click()
  await expect(officer.getByText('已婉拒').first()).toBeVisible()
  await asking.goto(address)
  await expect(asking.getByText('其他：样机明年三月才有')).toBeVisible()
  expect([officer, asking].map(complaintsOf)).toEqual([[], []])
})
