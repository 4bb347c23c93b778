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
    await page.getByRole('link', { name: title }).click()
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
