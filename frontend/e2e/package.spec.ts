import { expect, type Page } from '@playwright/test'
import { barriers } from './accessibility'
import { as, chooseAchievement, complaintsOf, test } from './people'

const title = '寒旱区光储一体化供水成果包'

async function saved(page: Page): Promise<void> {
  await expect(page.getByRole('status').filter({ hasText: '已保存' }).first()).toBeVisible()
}

/** Adds an achievement as the next component; the list is found by typing. */
async function addComponent(page: Page, index: number, words: string, name: RegExp, offer: string, weight: string): Promise<void> {
  await page.getByRole('button', { name: '+ 添加组成部分' }).click()
  await chooseAchievement(page, page.getByRole('combobox', { name: '对应成果' }).nth(index), words, name)
  await page.getByLabel('提供方式').nth(index).selectOption({ label: offer })
  await page.getByRole('textbox', { name: '权重' }).nth(index).fill(weight)
}

async function checkAll(page: Page): Promise<void> {
  const boxes = page.getByRole('complementary').last().getByRole('checkbox')
  await expect(boxes.first()).toBeVisible()
  for (let index = 0; index < (await boxes.count()); index++) await boxes.nth(index).check()
}

test('three results of two owners become a package: asked, agreed, returned once, published, compared', async ({ browser }) => {
  const officer = await as(browser, 'officer')
  await officer.goto('/my/packages/new')
  await officer.getByRole('group', { name: /^名称/ }).getByLabel('中文').fill(title)
  await saved(officer)
  await expect(officer).toHaveURL(/\/my\/packages\/[0-9a-f-]{36}$/)
  const editor = officer.url()
  await officer.getByRole('group', { name: /^一句话价值/ }).getByLabel('中文').fill('光伏供电的智能滴灌，冬季照常运行')
  await addComponent(officer, 0, '滴灌', /滴灌/, '技术秘密', '40')
  await addComponent(officer, 1, '玉米', /玉米/, '技术秘密', '20')
  await addComponent(officer, 2, '磷酸铁锂', /磷酸铁锂/, '技术秘密', '40')
  await officer.getByLabel('技术领域', { exact: true }).selectOption({ label: '农业' })
  await saved(officer)
  await officer.getByRole('button', { name: '提交审核' }).click()
  await expect(officer).toHaveURL(/\/my\/listings/)

  // Not before the other owner agrees, and the reviewer reads whose word is missing.
  const reviewer = await as(browser, 'reviewer')
  await reviewer.goto('/reviews')
  await reviewer.getByRole('link', { name: new RegExp(title) }).click()
  await checkAll(reviewer)
  await reviewer.getByRole('button', { name: '通过并发布' }).click()
  await expect(reviewer.getByText(/尚未同意/).first()).toBeVisible()
  await reviewer.getByRole('button', { name: '退回修改' }).click()
  await reviewer.getByLabel('总体说明').fill('请补充说明，并与权属单位商定')
  await reviewer.getByLabel('添加一项').selectOption('description')
  await reviewer.getByLabel(/对“说明”的意见/).fill('请写清适用范围')
  await reviewer.getByRole('button', { name: '退回修改' }).click()
  await expect(reviewer).toHaveURL(/\/reviews$/)

  // The owner finds the request among what waits, reads exactly what it is asked for, and agrees.
  const owner = await as(browser, 'duneOfficer')
  await owner.goto('/dashboard')
  await owner.getByRole('link', { name: new RegExp(title) }).click()
  await expect(owner).toHaveURL(/\/agreements\//)
  await expect(owner.getByText('权重 40%')).toBeVisible()
  await expect(owner.getByRole('link', { name: /玉米/ })).toHaveCount(0)
  expect(await barriers(owner)).toEqual([])
  await owner.getByRole('button', { name: '同意', exact: true }).click()
  await expect(owner.getByText('已同意', { exact: true })).toBeVisible()

  await officer.goto(editor)
  await expect(officer.getByRole('heading', { name: '其他权属单位的答复' })).toBeVisible()
  await officer.getByRole('group', { name: /^说明/ }).getByLabel('中文').fill('适用于年降水低于 200 毫米的灌区。')
  await saved(officer)
  await officer.getByRole('button', { name: '提交审核' }).click()
  await expect(officer).toHaveURL(/\/my\/listings/)
  await reviewer.goto('/reviews')
  await reviewer.getByRole('link', { name: new RegExp(title) }).click()
  await checkAll(reviewer)
  await reviewer.getByRole('button', { name: '通过并发布' }).click()
  await expect(reviewer).toHaveURL(/\/reviews$/)

  // A second version with other words in one answer needs no second word of the owner.
  await officer.goto(editor)
  await officer.getByRole('group', { name: /^说明/ }).getByLabel('中文').fill('适用于年降水低于 300 毫米的灌区。')
  await saved(officer)
  await officer.getByRole('button', { name: '提交审核' }).click()
  await expect(officer).toHaveURL(/\/my\/listings/)
  await reviewer.goto('/reviews')
  await reviewer.getByRole('link', { name: new RegExp(title) }).click()
  await checkAll(reviewer)
  await reviewer.getByRole('button', { name: '通过并发布' }).click()
  await expect(reviewer).toHaveURL(/\/reviews$/)
  await officer.goto(`${editor}/history`)
  await officer.getByRole('link', { name: '与上一版对比' }).click()
  await expect(officer).toHaveURL(/\/versions\?from=1&to=2/)
  await expect(officer.locator('del')).toHaveText([/200/])
  await expect(officer.locator('ins')).toHaveText([/300/])
  expect(await barriers(officer)).toEqual([])

  // What the owner takes back is offered no longer, and why is told.
  await owner.reload()
  await owner.getByRole('button', { name: '撤回同意' }).click()
  await owner.getByRole('dialog').getByRole('textbox').fill('改由本单位自行推广')
  await owner.getByRole('dialog').getByRole('button', { name: '撤回同意' }).click()
  await expect(owner.getByText('已撤回同意')).toBeVisible()
  await officer.goto(`${editor}/history`)
  await expect(officer.getByText('改由本单位自行推广')).toBeVisible()
  for (const page of [officer, reviewer, owner]) expect(complaintsOf(page)).toEqual([])
})

test('what a contract has taken is shown and not offered again; a copy begins with what was there', async ({ browser }) => {
  const page = await as(browser, 'officer')
  // The demo's contract gave a plain licence of the maize: an exclusive one cannot follow.
  await page.goto('/my/listings?kind=package')
  const row = page.getByRole('listitem').filter({ hasText: '天玉 26' }).first()
  await row.getByRole('button', { name: '复制为新草稿' }).click()
  await expect(page).toHaveURL(/\/my\/packages\/[0-9a-f-]{36}$/)
  await expect(page.getByRole('group', { name: /^名称/ }).getByLabel('中文')).toHaveValue(/天玉 26.*（副本）/)
  await page.getByLabel('许可类型').first().selectOption({ label: '独占许可' })
  await saved(page)
  await expect(page.getByRole('complementary').getByText(/这些权利已被合同取得/)).toBeVisible()
  await page.getByLabel('许可类型').first().selectOption({ label: '普通许可' })
  await saved(page)
  await expect(page.getByText(/这些权利已被合同取得/)).toHaveCount(0)
  expect(complaintsOf(page)).toEqual([])
})
