import { expect, type Page } from '@playwright/test'
import { barriers } from './accessibility'
import { as, complaintsOf, test } from './people'

const title = '城市内涝积水点分钟级预报系统'
/** A field that nothing else of the tests is in. */
const field = 'urban_social'

async function saved(page: Page): Promise<void> {
  await expect(page.getByRole('status').filter({ hasText: '已保存' }).first()).toBeVisible()
}

test('a reviewer’s day: take, go through the points, return, see what changed, publish', async ({ browser }) => {
  const officer = await as(browser, 'officer')
  await officer.goto('/my/achievements/new')
  await officer.getByRole('group', { name: /^名称/ }).getByLabel('中文').fill(title)
  await saved(officer)
  await expect(officer).toHaveURL(/\/my\/achievements\/[0-9a-f-]{36}$/)
  const editor = officer.url()
  await officer.getByRole('group', { name: /^一句话价值/ }).getByLabel('中文').fill('提前 30 分钟预报积水点')
  await officer.getByRole('group', { name: /^简介/ }).getByLabel('中文').fill('雷达外推与管网模型耦合，逐分钟预报城市积水点与深度。')
  await officer.getByRole('button', { name: '+ 添加指标' }).click()
  await officer.getByRole('textbox', { name: '指标', exact: true }).fill('命中率')
  await officer.getByLabel('数值').first().fill('91')
  await officer.getByLabel('技术领域', { exact: true }).selectOption(field)
  await officer.getByRole('group', { name: '国民经济行业' }).getByLabel('门类').selectOption('N')
  await officer.getByRole('group', { name: '国民经济行业' }).getByLabel('大类').selectOption('N78')
  await officer.getByLabel('添加贡献人').fill('艾力江')
  await officer.getByRole('button', { name: '艾力江', exact: true }).click()
  await saved(officer)

  // The score says what would raise it, and doing it does by exactly that.
  const quality = officer.getByRole('region', { name: '质量分' })
  const score = async () => Number(/^(\d+)/.exec((await quality.getByText('/ 100').textContent()) ?? '')?.[1])
  await expect(quality.getByRole('listitem').filter({ hasText: '为第 1 项指标上传证明' })).toContainText('+16')
  const context = quality.getByRole('listitem').filter({ hasText: '为第 1 项指标补充对比对象和测试条件' })
  await expect(context).toContainText('+8')
  const before = await score()
  await officer.getByRole('textbox', { name: /^对比对象/ }).first().fill('气象站外推')
  await officer.getByRole('textbox', { name: /^测试条件/ }).first().fill('三个汛期')
  await expect(context).toHaveCount(0)
  await expect.poll(score).toBe(before + 8)
  await saved(officer)
  await officer.getByRole('button', { name: '提交审核' }).click()
  await expect(officer).toHaveURL(/\/my\/listings/)

  const reviewer = await as(browser, 'reviewer')
  await reviewer.goto('/reviews')
  await reviewer.getByLabel('技术领域').selectOption(field)
  await expect(reviewer).toHaveURL(/field=urban_social/)
  await reviewer.getByRole('link', { name: new RegExp(title) }).click()
  await expect(reviewer).toHaveURL(/\/reviews\/achievement\//)
  await reviewer.getByRole('button', { name: '领取审核' }).click()
  await expect(reviewer.getByText('由您审核')).toBeVisible()
  const points = reviewer.getByRole('region', { name: '审核要点' })
  await expect(points.getByRole('button', { name: '通过并发布' })).toBeDisabled()
  await points.getByRole('listitem').filter({ hasText: '指标有数值' }).getByRole('button', { name: '有问题' }).click()
  await points.getByRole('textbox').fill('请给出独立评测的命中率')
  expect(await barriers(reviewer)).toEqual([])
  await reviewer.getByRole('button', { name: '退回修改' }).click()
  await expect(reviewer.getByLabel(/对“性能指标”的意见/)).toHaveValue('请给出独立评测的命中率')
  await reviewer.getByLabel('总体说明').fill('指标依据不足')
  await reviewer.getByRole('button', { name: '退回修改' }).click()
  await expect(reviewer).toHaveURL(/\/reviews\?/)

  await officer.goto(editor)
  await expect(officer.getByText('请给出独立评测的命中率')).toBeVisible()
  await officer.getByLabel('数值').first().fill('88')
  await saved(officer)
  await officer.getByRole('button', { name: '提交审核' }).click()
  await expect(officer).toHaveURL(/\/my\/listings/)

  await reviewer.goto(`/reviews?field=${field}`)
  await reviewer.getByRole('button', { name: '审核下一项' }).click()
  await expect(reviewer).toHaveURL(/\/reviews\/achievement\/.*run=1/)
  const changes = reviewer.getByRole('region', { name: '与上次退回时相比的修改' })
  await expect(changes.getByText('指标依据不足')).toBeVisible()
  await expect(changes.locator('del')).toHaveText('91')
  await expect(changes.locator('ins')).toHaveText('88')
  const boxes = points.getByRole('checkbox')
  await expect(boxes.first()).toBeVisible()
  for (let index = 0; index < (await boxes.count()); index++) await boxes.nth(index).check()
  await points.getByRole('button', { name: '通过并发布' }).click()
  await expect(reviewer).toHaveURL(/\/reviews\?/) // nothing else is in that field
  await expect(reviewer.getByText('没有待审内容')).toBeVisible()
  for (const page of [officer, reviewer]) expect(complaintsOf(page)).toEqual([])
})

test('a contributor confirms the own part, and readers see that it was confirmed in person', async ({ browser }) => {
  const inventor = await as(browser, 'inventor')
  await inventor.goto('/my/contributions')
  const part = inventor.getByRole('article').filter({ hasText: '智能滴灌' })
  await expect(part.getByText('待您确认')).toBeVisible()
  expect(await barriers(inventor)).toEqual([])
  await part.getByRole('button', { name: '确认', exact: true }).click()
  await expect(part.getByText('已确认')).toBeVisible()

  const officer = await as(browser, 'officer')
  await officer.goto('/my/listings?kind=achievement&q=智能滴灌')
  await officer.getByRole('link', { name: /智能滴灌/ }).click()
  await expect(officer).toHaveURL(/\/achievements\//)
  await expect(officer.getByRole('listitem').filter({ hasText: '艾力江' })).toContainText('本人已确认')
  await officer.getByRole('group', { name: '内容语言' }).getByRole('button', { name: 'English' }).click()
  await expect(officer.getByRole('heading', { level: 1 })).toContainText('drip-irrigation')
  for (const page of [officer, inventor]) expect(complaintsOf(page)).toEqual([])
})

test('several listings are confirmed at once', async ({ browser }) => {
  const officer = await as(browser, 'officer')
  await officer.goto('/my/listings?kind=achievement&state=published')
  for (const name of [/^选择“耐旱/, /^选择“重度盐碱/]) await officer.getByRole('checkbox', { name }).first().check()
  await officer.getByRole('button', { name: '确认所选 2 项仍然有效' }).click()
  await expect(officer.getByText('已确认 2 项')).toBeVisible()
  expect(await barriers(officer)).toEqual([])
  expect(complaintsOf(officer)).toEqual([])
})

test('a link that is not of a letter confirms nothing', async ({ page }) => {
  // One that was cut says the same as one that has been used, and leads to where it is done by hand.
  for (const address of ['/confirm?token=nonsense', '/confirm']) {
    await page.goto(address)
    await expect(page.getByRole('alert')).toContainText('链接已失效')
    await expect(page.getByRole('alert').getByRole('link')).toHaveAttribute('href', '/my/listings')
  }
  await expect(page.getByRole('button', { name: '确认仍然有效' })).toHaveCount(0)
})
