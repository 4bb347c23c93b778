import { expect } from '@playwright/test'
import { barriers } from './accessibility'
import { as, complaintsOf, test } from './people'

const whole = `需求名称：高盐废水零排放与结晶盐资源化
技术领域：环境保护与资源综合利用
地区：新疆克拉玛依市
需求描述：现有三效蒸发工艺能耗高，结晶盐为杂盐，只能按危废处置。
技术指标：
1、回收率≥95%；
2、吨水电耗不高于25kWh/t；
预算：80万元
合作方式：委托开发、技术服务
联系人：王建国
联系电话：13900000000`

test('a need that is written elsewhere is pasted, taken over and handed in', async ({ browser }) => {
  const engineer = await as(browser, 'engineer')
  await engineer.setViewportSize({ width: 360, height: 760 })
  await engineer.goto('/my/needs/new')
  await engineer.getByRole('group', { name: /^名称/ }).getByLabel('中文').fill('还没想好的名称')
  await engineer.getByRole('button', { name: '粘贴需求全文' }).click()
  await engineer.getByLabel('需求全文').fill(whole)
  await engineer.getByRole('button', { name: '读取内容' }).click()
  const reader = engineer.getByRole('region', { name: '已有写好的需求？' })
  await expect(reader.getByText('读到 8 项')).toBeFocused()
  await expect(reader.getByRole('checkbox', { name: /^名称/ })).not.toBeChecked()
  await expect(reader.getByText('选中后会替换')).toBeVisible()
  await expect(reader.getByText('联系电话：13900000000')).toBeVisible()
  expect(await engineer.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360)
  expect(await barriers(engineer)).toEqual([])
  await reader.getByRole('checkbox', { name: '全部选中' }).check()
  await reader.getByRole('button', { name: '填入所选 8 项' }).click()
  await expect(reader.getByRole('status')).toContainText('已填入 8 项')

  await expect(engineer.getByRole('group', { name: /^名称/ }).getByLabel('中文')).toHaveValue('高盐废水零排放与结晶盐资源化')
  await expect(engineer.getByRole('group', { name: /^难题描述/ }).getByLabel('中文')).toHaveValue('现有三效蒸发工艺能耗高，结晶盐为杂盐，只能按危废处置。')
  await expect(engineer.getByLabel('技术领域', { exact: true })).toHaveValue('environment')
  await expect(engineer.getByRole('group', { name: '吨水电耗' }).getByRole('textbox', { name: /^数值/ })).toHaveValue('25')
  await expect(engineer.locator('main')).not.toContainText('王建国')
  await expect(engineer.getByRole('status').filter({ hasText: '已保存' }).first()).toBeVisible()
  await engineer.getByRole('button', { name: '提交审核' }).click()
  await expect(engineer).toHaveURL(/\/my\/listings/)
  await expect(engineer.getByRole('link', { name: '高盐废水零排放与结晶盐资源化' })).toBeVisible()
  expect(complaintsOf(engineer)).toEqual([])
})
