import { expect, type Page } from '@playwright/test'
import { barriers } from './accessibility'
import { as, comesUp, complaintsOf, test } from './people'

interface Content {
  title: { zh?: string; en?: string }
  abstract?: { zh?: string; en?: string }
  ip_items?: Record<string, unknown>[]
  contributors?: { person_id: string; role: string; weight?: number }[]
}

/** Enters a published result of the officer's university a second time, as a hurried colleague would. */
async function enterAgain(page: Page): Promise<{ original: string; again: string; title: string }> {
  const own = (await (await page.request.get('/api/v1/achievements?state=published&page_size=50')).json()) as { items: { id: string }[] }
  const published = own.items.at(-1)
  expect(published, 'the demo has a published result').toBeDefined()
  const original = published?.id ?? ''
  const { content } = (await (await page.request.get(`/api/v1/achievements/${original}/draft`)).json()) as { content: Content }
  const title = `${content.title.zh ?? ''}（再次登记）`
  const made = await page.request.post('/api/v1/achievements', {
    data: {
      title: { zh: title },
      abstract: { zh: content.abstract?.zh },
      ip_items: [{ kind: 'software_copyright', number: '2024SR0123456', title: { zh: '配套决策软件' } }],
      contributors: content.contributors?.map(({ person_id, role, weight }) => ({ person_id, role, weight })),
    },
  })
  expect(made.ok(), await made.text()).toBe(true)
  const { head } = (await made.json()) as { head: { id: string } }
  return { original, again: head.id, title }
}

test('an officer is told of a repeated entry, merges it, and takes it back', async ({ browser }) => {
  const page = await as(browser, 'uniOfficer') // nobody else enters anything there
  const { original, again, title } = await enterAgain(page)

  await test.step('the form says what the entry looks like', async () => {
    await page.goto(`/my/achievements/${again}/edit`)
    const hint = page.getByRole('status', { name: '看起来与这些条目重复' })
    await expect(hint).toContainText('名称相似')
  })

  await test.step('the pair stands in the work list', async () => {
    await comesUp(
      () => page.goto('/duplicates'),
      (options) => expect(page.getByRole('link', { name: title })).toBeVisible(options),
    )
    expect(await barriers(page)).toEqual([])
    const pair = await page.getByRole('link', { name: title }).getAttribute('href')
    await page.goto(String(pair).replace(/\?.*/, '')) // alone: from the list the next pair would follow
    await expect(page).toHaveURL(/\/duplicates\/[0-9a-f-]+$/)
    await expect(page.getByRole('list', { name: '依据' })).toContainText('语句相同')
    expect(await barriers(page)).toEqual([])
  })

  await test.step('merged: the published one stays and takes a right over', async () => {
    const stays = page.locator('header', { has: page.getByRole('link').and(page.locator(`[href*="${original}"]`)) })
    await stays.getByRole('radio', { name: '保留这一条' }).check()
    await page.getByRole('checkbox', { name: /带入：.*配套决策软件/ }).check()
    await page.getByRole('button', { name: '合并', exact: true }).click()
    await page.getByRole('dialog').getByRole('button', { name: '合并', exact: true }).click()
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('已合并')
    const draft = await (await page.request.get(`/api/v1/achievements/${original}/draft`)).text()
    expect(draft).toContain('2024SR0123456')
  })

  await test.step('undone: both are as they were', async () => {
    await page.getByRole('button', { name: '撤销合并' }).click()
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('这两条是同一件吗？')
    const draft = await (await page.request.get(`/api/v1/achievements/${original}/draft`)).text()
    expect(draft).not.toContain('2024SR0123456')
    const back = (await (await page.request.get(`/api/v1/achievements/${again}/draft`)).json()) as { head: { state: string } }
    expect(back.head.state).toBe('draft')
  })

  await test.step('kept apart: it is not suggested again', async () => {
    await page.getByRole('button', { name: '不是重复' }).click()
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('已确认是两件不同的内容')
    await page.goto('/duplicates')
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('疑似重复')
    await expect(page.getByText('正在载入……')).toHaveCount(0)
    await expect(page.getByRole('link', { name: title })).toHaveCount(0)
    await page.getByRole('link', { name: '已确认不同' }).click()
    await expect(page.getByRole('link', { name: title })).toBeVisible()
  })
  expect(complaintsOf(page)).toEqual([])
})

test('from the list one pair follows the other, and the last decision can be taken back', async ({ browser }) => {
  const page = await as(browser, 'duneOfficer') // nobody else decides anything there
  const title = '沙地光伏板下植被恢复的滴灌布设'
  for (const suffix of ['', '（副本）', '（再次登记）']) {
    const made = await page.request.post('/api/v1/achievements', {
      data: { title: { zh: title + suffix }, abstract: { zh: '在光伏板下沿阴影边缘布设滴灌带，按板间蒸散差异分区供水，两年内植被盖度由百分之八升至百分之三十五，较均匀布设省水四成。' } },
    })
    expect(made.ok(), await made.text()).toBe(true)
  }
  const pairs = page.getByRole('main').getByRole('link', { name: title })
  await comesUp(
    () => page.goto('/duplicates'),
    (options) => expect(pairs).toHaveCount(3, options),
  )
  await pairs.first().click()
  const keepApart = page.getByRole('button', { name: '不是重复' })
  await expect(keepApart).toBeEnabled()
  const first = page.url()

  await keepApart.click()
  await expect(page).not.toHaveURL(first)
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('这两条是同一件吗？')
  await expect(page.getByRole('main')).toBeFocused()
  const second = page.url()

  await page.getByRole('status').getByRole('button', { name: '撤销' }).click()
  await expect(page).toHaveURL(first)
  await expect(keepApart).toBeEnabled()

  await test.step('a pair can be left for later', async () => {
    await page.getByRole('link', { name: '下一对' }).click()
    await expect(page).toHaveURL(second)
  })

  await test.step('one of three merged: the pair without it is the last', async () => {
    await page.getByRole('radio', { name: '保留这一条' }).first().check()
    await page.getByRole('button', { name: '合并', exact: true }).click()
    await page.getByRole('dialog').getByRole('button', { name: '合并', exact: true }).click()
    await expect(page).not.toHaveURL(second)
    await expect(page.getByRole('radio', { name: '保留这一条' })).toHaveCount(2)
    await expect(page.getByRole('radio', { name: '保留这一条', checked: true })).toHaveCount(0)
    await keepApart.click()
    await expect(page).toHaveURL(/\/duplicates$/)
    await expect(page.getByText('没有待处理的疑似重复')).toBeVisible()
  })
  expect(complaintsOf(page)).toEqual([])
})

test('the reviewer sees no drafts among the suspected pairs, on the narrowest telephone', async ({ browser }) => {
  const page = await as(browser, 'reviewer')
  await page.setViewportSize({ width: 360, height: 740 })
  await page.goto('/duplicates')
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('疑似重复')
  await expect(page.getByText('正在载入……')).toHaveCount(0)
  await expect(page.getByText('再次登记')).toHaveCount(0)
  await expect.poll(() => page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360)
  expect(complaintsOf(page)).toEqual([])
})
