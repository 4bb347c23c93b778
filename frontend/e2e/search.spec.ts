import { expect } from '@playwright/test'
import { test } from './people'

test('a visitor searches while typing, narrows, goes back, and shares the address', async ({ page }) => {
  await page.goto('/')
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('架一座桥，让成果过河')
  const box = page.getByRole('searchbox', { name: '搜索成果、成果包与技术需求' })
  await box.fill('电池')
  await expect(page).toHaveURL(/\/search\?q=/)
  await expect(box).toBeFocused()
  await expect(page.locator('article mark').first()).toHaveText(/电池/)
  const before = await page.getByRole('status').filter({ hasText: '条结果' }).textContent()

  await page.getByRole('group', { name: '技术领域' }).getByRole('checkbox', { name: /新能源/ }).check()
  await expect(page).toHaveURL(/field=new_energy/)
  await expect(page.getByRole('button', { name: /移除条件：新能源/ })).toBeVisible()
  await page.reload()
  await expect(box).toHaveValue('电池')
  await expect(page.getByRole('button', { name: /移除条件：新能源/ })).toBeVisible()

  await page.goBack()
  await expect(page.getByRole('button', { name: /移除条件：新能源/ })).toHaveCount(0)
  await expect(page.getByRole('status').filter({ hasText: '条结果' })).toHaveText(before ?? '')
})

test('a found listing opens with its proofs, and the server has written it for readers without script', async ({ page, request }) => {
  await page.goto('/search?q=玉米&kind=achievement')
  await page.locator('article h2 a').first().click()
  await expect(page).toHaveURL(/\/achievements\//)
  await expect(page.getByRole('heading', { level: 1 })).toContainText('玉米')
  await expect(page.getByRole('heading', { name: '性能指标' })).toBeVisible()
  await expect(page.getByText('第三方').first()).toBeVisible()

  const document = await (await request.get(new URL(page.url()).pathname)).text()
  expect(document).toMatch(/<h1[^>]*>[^<]*玉米/)
  expect(document).toContain('application/ld+json')
})

test('a visitor learns the operators by examples, and is told what could not be read', async ({ page }) => {
  await page.goto('/search')
  await page.getByText('搜索技巧').click()
  await page.getByRole('link', { name: '标题:电池' }).click()
  await expect(page).toHaveURL(/q=/)
  await expect(page.getByRole('searchbox', { name: '搜索成果、成果包与技术需求' })).toHaveValue('标题:电池')
  await expect(page.locator('article h2 mark').first()).toHaveText('电池')

  await page.goto('/search?q=' + encodeURIComponent('电池 trl:high'))
  await expect(page.getByText('没有看懂')).toBeVisible()
  await expect(page.getByText('trl:high', { exact: true })).toBeVisible()
})

test('what finds nothing says what to do instead', async ({ page }) => {
  await page.goto('/search?q=zzqxjkvw')
  await expect(page.getByText('没有找到“zzqxjkvw”')).toBeVisible()
  await expect(page.getByRole('link', { name: '发布技术需求' })).toBeVisible()
})

test('the page is English for those who choose it, and stays so', async ({ page }) => {
  await page.goto('/')
  await page.getByRole('button', { name: '语言与外观' }).click()
  await page.getByRole('button', { name: 'English' }).click()
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('A bridge from research to use')
  await page.reload()
  await expect(page.locator('html')).toHaveAttribute('lang', 'en')
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('A bridge from research to use')
})

test('the dark theme stays over a reload without a flash of the light one', async ({ page }) => {
  await page.goto('/')
  await page.getByRole('button', { name: '语言与外观' }).click()
  await page.getByRole('button', { name: '深色' }).click()
  await page.reload({ waitUntil: 'commit' })
  await expect(page.locator('html')).toHaveAttribute('data-theme', 'dark')
})
