import { expect } from '@playwright/test'
import { as, complaintsOf, demoPassword, test, watched } from './people'

test('the operator suspends somebody, who is told at the next sign-in, and restores the account', async ({ browser }) => {
  const operator = await as(browser, 'operator')
  await operator.goto('/platform/accounts')
  await operator.getByRole('searchbox', { name: '按姓名或邮箱查找' }).fill('chief@demo')
  await operator.keyboard.press('Enter')
  await expect(operator).toHaveURL(/\?q=chief@demo$/)
  const found = operator.getByRole('main').getByRole('list').first().locator(':scope > li')
  await expect(found).toHaveCount(1)
  await found.getByRole('button', { name: /^停用/ }).click()
  const dialog = operator.getByRole('dialog')
  await dialog.getByRole('textbox', { name: '请输入“高简”以确认' }).fill('高简')
  await dialog.getByRole('textbox', { name: '原因' }).fill('本人报告邮箱被盗')
  await dialog.getByRole('button', { name: '停用' }).click()
  await expect(found).toContainText('已停用')
  await expect(found).toContainText('本人报告邮箱被盗')

  const person = watched(await (await browser.newContext({ locale: 'zh-CN' })).newPage())
  await person.goto('/sign-in')
  await person.getByLabel('邮箱').fill('chief@demo.example')
  await person.getByLabel('密码').fill(demoPassword)
  await person.getByRole('button', { name: '登录' }).click()
  await expect(person.getByRole('alert')).toContainText('这个账户已被平台停用')

  await found.getByRole('button', { name: /^恢复/ }).click()
  await dialog.getByRole('textbox', { name: '原因' }).fill('邮箱已找回')
  await dialog.getByRole('button', { name: '恢复' }).click()
  await expect(found).toContainText('正常')
  await person.getByRole('button', { name: '登录' }).click()
  await expect(person).toHaveURL(/\/dashboard$/)
  expect([...complaintsOf(operator), ...complaintsOf(person)]).toEqual([])
})
