import { expect } from '@playwright/test'
import { barriers } from './accessibility'
import { as, complaintsOf, test } from './people'
import { xlsx } from './xlsx'

const heading = ['编号', '成果名称（中文）', '摘要（中文）', '技术领域', '技术成熟度', '知识产权1类型', '知识产权1名称', '年份']

/** Fifty results of one institute, three of them with a cell that nobody can take. */
function results(batch: string): string[][] {
  const rows = Array.from({ length: 50 }, (_, i) => [`${batch}-${i + 1}`, `${batch}节水成果之${i + 1}`, '膜下滴灌与水肥一体化的一部分。', '农业', '6', '技术秘密', '配方', '2025'])
  rows[6]![4] = '非常成熟'
  rows[20]![3] = '炼金术'
  rows[41]![5] = '祖传秘方'
  return [heading, ...rows]
}

test('an officer imports fifty results, mends three cells, and finds the fifty', async ({ browser }) => {
  const batch = `批次${Date.now().toString(36)}`
  const officer = await as(browser, 'officer')
  await officer.goto('/my/listings?kind=achievement')
  await officer.getByRole('link', { name: '导入与导出' }).click()
  await expect(officer).toHaveURL(/\/my\/imports/)
  expect(await barriers(officer)).toEqual([])

  await officer.getByLabel('选择文件').setInputFiles({ name: '成果清单.xlsx', mimeType: 'application/octet-stream', buffer: xlsx(results(batch)) })
  await expect(officer).toHaveURL(/\/my\/imports\/[0-9a-f-]{36}$/)
  await expect(officer.getByRole('heading', { name: '成果清单.xlsx' })).toBeVisible()
  const rows = officer.getByRole('region', { name: '各行内容' }).getByRole('listitem').filter({ has: officer.getByRole('heading') })
  await expect(rows).toHaveCount(3)
  await expect(rows.nth(0)).toContainText('文件第 8 行')
  await expect(rows.nth(0)).toContainText('不是整数')
  expect(await barriers(officer)).toEqual([])
  const press = officer.getByRole('button', { name: /^导入 50 条$/ })
  await expect(press).toBeDisabled()

  for (const [row, label, value] of [
    [0, '技术成熟度', '6'],
    [1, '技术领域', '农业'],
    [2, '知识产权1类型', '技术秘密'],
  ] as const) {
    const cell = rows.nth(row).getByLabel(label)
    await cell.fill(value)
    await cell.press('Tab')
    await expect(rows.nth(row)).toContainText('将新建')
  }
  await expect(press).toBeEnabled()
  await press.click()
  await expect(officer.getByText('已导入：新建 50 条，更新 0 条，未变 0 条。')).toBeVisible()

  await officer.goto(`/my/listings?kind=achievement&q=${encodeURIComponent(batch)}`)
  const mine = officer.getByRole('main').getByRole('listitem').filter({ hasText: `${batch}节水成果` })
  await expect(mine).toHaveCount(30)
  await officer.getByRole('button', { name: '载入更多' }).click()
  await expect(mine).toHaveCount(50)
  expect(complaintsOf(officer)).toEqual([])
})
