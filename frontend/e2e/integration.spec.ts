import { expect } from '@playwright/test'
import { barriers } from './accessibility'
import { as, complaintsOf, test } from './people'

/** Programs and alerts: a token that works at once and ends at once, a webhook, a saved search with a feed. */
test('an officer gives a program a token, has it told of events, and revokes the token', async ({ browser, request }) => {
  const page = await as(browser, 'officer')
  const name = `同步程序 ${Date.now()}`
  await page.goto('/organisation/tokens')
  await page.getByRole('button', { name: '新建令牌' }).click()
  await page.getByLabel('名称').fill(name)
  await page.getByRole('button', { name: '生成令牌' }).click()
  const secret = await page.getByLabel('新的令牌').inputValue()
  expect(secret).toMatch(/^cq_[a-z2-7]{8}_[a-z2-7]{52}$/)
  expect(await barriers(page)).toEqual([])
  const authorised = { headers: { Authorization: `Bearer ${secret}` } }
  expect((await request.get('/api/v1/achievements', authorised)).status()).toBe(200)
  expect((await request.get('/api/v1/deals', authorised)).status()).toBe(403)
  await page.getByRole('button', { name: `撤销${name}` }).click()
  await page.getByRole('dialog').getByRole('button', { name: '撤销', exact: true }).click()
  await expect(page.getByText('令牌已撤销')).toBeVisible()
  expect((await request.get('/api/v1/achievements', authorised)).status()).toBe(401)

  await page.goto('/organisation/webhooks')
  await page.getByRole('button', { name: '新建 Webhook' }).click()
  await page.getByLabel('地址').fill('https://10.0.0.1/in')
  await page.getByRole('button', { name: '创建 Webhook' }).click()
  await expect(page.getByText('该地址属于内部或保留网络').first()).toBeVisible()
  const address = `https://receiver.invalid/${Date.now()}`
  await page.getByLabel('地址').fill(address)
  await page.getByRole('button', { name: '创建 Webhook' }).click()
  await expect(page.getByLabel('签名密钥')).toHaveValue(/^whsec_/)
  await page.getByRole('link', { name: address }).click()
  await expect(page).toHaveURL(/\/organisation\/webhooks\/[0-9a-f-]+$/)
  await page.getByRole('button', { name: '发送测试消息' }).click()
  await expect(page.getByText(/无法连接.* · 下次尝试：/)).toBeVisible()
  await page.getByRole('button', { name: '重新发送' }).click() // and not when its turn comes
  await expect(page.getByText('正在重新发送')).toBeVisible()
  expect(await barriers(page)).toEqual([])
  await page.getByRole('button', { name: '删除', exact: true }).click()
  await page.getByRole('dialog').getByRole('button', { name: '删除', exact: true }).click()
  await expect(page).toHaveURL(/\/organisation\/webhooks$/)
  expect(complaintsOf(page)).toEqual([])
})

test('an engineer keeps a search, follows its feed, and deletes it', async ({ browser, request }) => {
  const page = await as(browser, 'engineer')
  const name = `电池 ${Date.now()}`
  await page.goto('/search?q=电池')
  await page.getByRole('button', { name: '保存此搜索' }).click()
  await page.getByLabel('名称').fill(name)
  await page.getByRole('button', { name: '保存此搜索' }).click()
  await expect(page.getByText('搜索已保存')).toBeVisible()
  await page.goto('/my/searches')
  const card = page.getByRole('article').filter({ hasText: name })
  await expect(card.getByText('每天 8:00')).toBeVisible()
  await card.getByRole('button', { name: '生成订阅源' }).click()
  await expect(card.getByLabel('Atom 订阅源')).toBeFocused()
  const address = await card.getByLabel('Atom 订阅源').inputValue()
  const feed = await request.get(new URL(address).pathname)
  expect(feed.status()).toBe(200)
  expect(await feed.text()).toContain('<feed xmlns="http://www.w3.org/2005/Atom"')
  expect(await barriers(page)).toEqual([])
  await card.getByRole('button', { name: '修改' }).click()
  await expect(card.getByLabel('名称')).toBeFocused()
  await card.getByRole('button', { name: '取消' }).click()
  await expect(card.getByRole('button', { name: '修改' })).toBeFocused()
  await card.getByRole('link', { name }).click()
  await expect(page).toHaveURL(/\/search\?q=/)
  await page.goto('/my/searches')
  await card.getByRole('button', { name: `删除 ${name}` }).click()
  await page.getByRole('dialog').getByRole('button', { name: '删除', exact: true }).click()
  await expect(card).toHaveCount(0)
  expect(complaintsOf(page)).toEqual([])
})

test('a visitor reads the API reference', async ({ page }) => {
  await page.goto('/api-reference')
  await page.getByLabel('查找接口').fill('createachievement')
  await page.getByText('/achievements', { exact: true }).click()
  await expect(page.getByText('catalogue:write').first()).toBeVisible()
  expect(await barriers(page)).toEqual([])
})
