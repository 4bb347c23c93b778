import { expect } from '@playwright/test'
import { as, comesUp, complaintsOf, test, watched } from './people'

test('the operator adds a group by keyboard, a visitor finds by it, and the keyboard is never lost', async ({ browser }) => {
  const operator = await as(browser, 'operator')
  const focused = operator.locator(':focus')
  const press = (key: string) => operator.keyboard.press(key)
  await operator.goto('/platform/synonyms')
  const groups = operator.getByRole('main').getByRole('listitem')
  await expect(groups.first()).toBeVisible()

  await test.step('added: the form has the focus as it opens', async () => {
    await operator.getByRole('button', { name: '添加词组' }).focus()
    await press('Enter')
    await operator.getByRole('combobox', { name: '技术领域' }).selectOption({ label: '农业' })
    const expressions = operator.getByRole('textbox', { name: '说法' })
    await expressions.fill('解盐菌剂')
    await expressions.press('Enter')
    await expressions.fill('退盐微生物制剂')
    await expressions.press('Enter')
    await operator.getByRole('button', { name: '保存' }).focus()
    await press('Enter')
    await expect(operator.getByText('已保存，正在后台生效')).toBeVisible()
  })

  await test.step('edited: the focus goes into the form, and out of it to what stands in its place', async () => {
    await operator.goto(`/platform/synonyms?q=${encodeURIComponent('退盐微生物制剂')}`)
    const edit = operator.getByRole('button', { name: /^编辑/ })
    await expect(edit).toHaveCount(1)
    await edit.focus()
    await press('Enter')
    await expect(operator.getByRole('textbox', { name: '说法' })).toBeFocused()
    await operator.getByRole('button', { name: '取消' }).focus()
    await press('Enter')
    await expect(focused).toHaveCount(1)
    await expect(operator.getByRole('main').locator(':focus')).toBeVisible()
  })

  await test.step('a visitor finds what has the other word', async () => {
    const visitor = watched(await (await browser.newContext({ locale: 'zh-CN' })).newPage())
    await comesUp(
      () => visitor.goto(`/search?q=${encodeURIComponent('退盐微生物制剂')}`),
      (options) => expect(visitor.getByRole('main').getByRole('article').first()).toContainText('解盐菌剂', options),
    )
    expect(complaintsOf(visitor)).toEqual([])
  })

  await test.step('removed: the focus stays on the page', async () => {
    await operator.getByRole('button', { name: /^移除|^删除/ }).focus()
    await press('Enter')
    const dialog = operator.getByRole('dialog')
    await dialog.getByRole('button').last().focus()
    await press('Enter')
    await expect(operator.getByText('已删除')).toBeVisible()
    await expect(operator.getByRole('main').locator(':focus').or(operator.locator('main:focus'))).toBeVisible()
  })
  expect(complaintsOf(operator)).toEqual([])
})
