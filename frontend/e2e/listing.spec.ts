import { expect, type Page } from '@playwright/test'
import { barriers } from './accessibility'
import { as, chooseAchievement, comesUp, complaintsOf, test } from './people'

const title = '戈壁光伏板干式除尘机器人'

async function saved(page: Page): Promise<void> {
  await expect(page.getByRole('status').filter({ hasText: '已保存' }).first()).toBeVisible()
}

async function checkAll(page: Page): Promise<void> {
  const boxes = page.getByRole('complementary').last().getByRole('checkbox')
  await expect(boxes.first()).toBeVisible()
  for (let index = 0; index < (await boxes.count()); index++) await boxes.nth(index).check()
}

test('a result is drafted, returned with reasons, mended, published and found', async ({ browser }) => {
  const officer = await as(browser, 'officer')
  await officer.goto('/my/achievements/new')
  await officer.getByRole('group', { name: /^名称/ }).getByLabel('中文').fill(title)
  await saved(officer)
  await expect(officer).toHaveURL(/\/my\/achievements\/[0-9a-f-]{36}$/)
  const address = officer.url()

  await officer.getByRole('group', { name: /^一句话价值/ }).getByLabel('中文').fill('无水清扫，发电量恢复 8.5%，单兆瓦年运维成本降低 40%')
  await officer.getByRole('group', { name: /^简介/ }).getByLabel('中文').fill('针对戈壁电站缺水、积尘快的问题，研制轨道式干式除尘机器人，滚刷转速随积尘量自动调节。')
  await officer.getByRole('button', { name: '+ 添加指标' }).click()
  await officer.getByRole('textbox', { name: '指标', exact: true }).fill('发电量恢复')
  await expect(officer.getByRole('textbox', { name: '指标（英文）' })).toBeHidden()
  await officer.getByRole('group', { name: '发电量恢复' }).getByText('英文', { exact: true }).click()
  await officer.getByRole('textbox', { name: '指标（英文）' }).fill('Output recovered')
  await officer.getByLabel('数值').first().fill('8.5')
  await officer.getByRole('textbox', { name: /^单位/ }).first().fill('%')
  await officer.getByLabel('技术领域', { exact: true }).selectOption({ label: '新能源与高效节能' })
  await officer.getByLabel('技术成熟度', { exact: true }).selectOption('7')
  await officer.getByLabel('添加贡献人').fill('艾力江')
  await officer.getByRole('button', { name: '艾力江', exact: true }).click()
  await saved(officer)

  await officer.reload()
  await expect(officer.getByRole('group', { name: /^一句话价值/ }).getByLabel('中文')).toHaveValue(/无水清扫/)
  await expect(officer.getByLabel('数值').first()).toHaveValue('8.5')
  await expect(officer.getByRole('textbox', { name: '指标（英文）' })).toHaveValue('Output recovered')

  await officer.getByRole('button', { name: '提交审核' }).click()
  await expect(officer).toHaveURL(/\/my\/listings/)

  const reviewer = await as(browser, 'reviewer')
  await reviewer.goto('/reviews')
  await reviewer.getByRole('link', { name: new RegExp(title) }).click()
  await reviewer.getByRole('button', { name: '退回修改' }).click()
  await reviewer.getByLabel('总体说明').fill('请补充对比对象')
  await reviewer.getByLabel('添加一项').selectOption('claims')
  await reviewer.getByLabel(/对“性能指标”的意见/).fill('与人工清扫相比')
  await reviewer.getByRole('button', { name: '退回修改' }).click()
  await expect(reviewer).toHaveURL(/\/reviews$/)

  await officer.goto(address)
  await expect(officer.getByText('请补充对比对象')).toBeVisible()
  await officer.getByRole('textbox', { name: /^对比对象/ }).first().fill('人工清扫')
  await saved(officer)
  await officer.getByRole('button', { name: '提交审核' }).click()
  await expect(officer).toHaveURL(/\/my\/listings/)

  await reviewer.goto('/reviews')
  await reviewer.getByRole('link', { name: new RegExp(title) }).click()
  await expect(reviewer.getByText('人工清扫').first()).toBeVisible()
  // Who checks that both say the same sees both.
  await expect(reviewer.getByText('发电量恢复').first()).toBeVisible()
  await expect(reviewer.getByText('Output recovered').first()).toBeVisible()
  await checkAll(reviewer)
  await reviewer.getByRole('button', { name: '通过并发布' }).click()
  await expect(reviewer).toHaveURL(/\/reviews$/)

  const visitor = await (await browser.newContext()).newPage()
  await comesUp(
    () => visitor.goto('/search?q=干式除尘机器人'),
    (options) => expect(visitor.getByRole('link', { name: title })).toBeVisible(options),
  )
  const abroad = await (await browser.newContext({ locale: 'en' })).newPage()
  await abroad.goto('/search?q=干式除尘机器人')
  await abroad.getByRole('link', { name: title }).click()
  const claim = abroad.getByRole('listitem').filter({ hasText: 'Output recovered' })
  await expect(claim).not.toContainText('发电量恢复')
  await expect(claim.getByText('人工清扫')).toHaveAttribute('lang', 'zh-CN') // in the language there is
  for (const page of [officer, reviewer]) expect(complaintsOf(page)).toEqual([])
})

test('a package is refused until its weights are 100 %', async ({ browser }) => {
  const page = await as(browser, 'officer')
  await page.goto('/my/packages/new')
  await page.getByRole('group', { name: /^名称/ }).getByLabel('中文').fill('耐旱玉米整乡推广包')
  await saved(page)
  await page.getByRole('button', { name: '+ 添加组成部分' }).click()
  await chooseAchievement(page, page.getByRole('combobox', { name: '对应成果' }), '玉米', /玉米/)
  await page.getByLabel('提供方式').first().selectOption({ label: '许可' })
  await page.getByRole('textbox', { name: '权重' }).first().fill('70')
  await page.getByRole('button', { name: '+ 添加组成部分' }).click()
  await page.getByRole('combobox', { name: '类型', exact: true }).last().selectOption('service')
  await page.getByRole('textbox', { name: '名称', exact: true }).last().fill('田间技术指导一季')
  await page.getByRole('textbox', { name: '权重' }).last().fill('29.99')
  await expect(page.getByText('合计 99.99%，还差 0.01%')).toBeVisible()
  await page.getByRole('button', { name: '提交审核' }).click()
  await expect(page.getByRole('alert')).toContainText('有问题需要处理')
  await page.getByRole('textbox', { name: '权重' }).last().fill('30')
  await expect(page.getByText('合计 100%')).toBeVisible()
  await page.getByRole('button', { name: '平均分配' }).click()
  await expect(page.getByRole('textbox', { name: '权重' }).first()).toHaveValue('50')
  await saved(page)
  expect(complaintsOf(page)).toEqual([])
})

test('somebody else’s change is not overwritten', async ({ browser }) => {
  const one = await as(browser, 'officer')
  await one.goto('/my/achievements/new')
  await one.getByRole('group', { name: /^名称/ }).getByLabel('中文').fill('两处同时编辑的成果')
  await saved(one)
  await expect(one).toHaveURL(/\/my\/achievements\/[0-9a-f-]{36}$/)
  const two = await as(browser, 'officer')
  await two.goto(one.url())
  await two.getByRole('group', { name: /^名称/ }).getByLabel('中文').fill('两处同时编辑的成果（甲）')
  await saved(two)
  await one.getByRole('group', { name: /^名称/ }).getByLabel('中文').fill('两处同时编辑的成果（乙）')
  const dispute = one.getByRole('alert').filter({ hasText: '刚在别处也改了' })
  await expect(dispute).toContainText('名称：两处同时编辑的成果（甲）')
  expect(await barriers(one)).toEqual([])
  await dispute.getByRole('button', { name: '采用别处的' }).click()
  await expect(dispute).toHaveCount(0)
  await expect(one.getByRole('group', { name: /^名称/ }).getByLabel('中文')).toHaveValue('两处同时编辑的成果（甲）')

  // Of different answers each is that of who wrote it; nobody is asked.
  const stored = one.waitForResponse((answer) => answer.request().method() === 'PUT' && answer.url().endsWith('/draft') && answer.ok())
  await one.getByRole('group', { name: /^简介/ }).getByLabel('中文').fill('一人写的简介')
  await stored
  await two.getByRole('group', { name: /^一句话价值/ }).getByLabel('中文').fill('另一人写的价值')
  await expect(two.getByText('别处刚修改了简介，已带入本页')).toBeVisible()
  await expect(two.getByRole('group', { name: /^简介/ }).getByLabel('中文')).toHaveValue('一人写的简介')
  await saved(two)
  await one.reload()
  await expect(one.getByRole('group', { name: /^一句话价值/ }).getByLabel('中文')).toHaveValue('另一人写的价值')
  await expect(one.getByRole('group', { name: /^简介/ }).getByLabel('中文')).toHaveValue('一人写的简介')

  // Of a list each item is that of who wrote it, and who is writing in one goes on in it.
  const metrics = (page: Page) => page.getByRole('textbox', { name: '指标', exact: true })
  const metricStored = one.waitForResponse((answer) => answer.request().method() === 'PUT' && (answer.request().postData() ?? '').includes('节水率') && answer.ok())
  await one.getByRole('button', { name: '+ 添加指标' }).click()
  await metrics(one).fill('节水率')
  await metricStored
  await two.getByRole('button', { name: '+ 添加指标' }).click()
  await metrics(two).pressSequentially('增产')
  await expect(two.getByText('别处刚修改了性能指标，已带入本页')).toBeVisible()
  await two.keyboard.type('率')
  await expect(metrics(two)).toHaveCount(2)
  await expect(metrics(two).nth(0)).toHaveValue('节水率')
  await expect(metrics(two).nth(1)).toHaveValue('增产率')
  await expect(metrics(two).nth(1)).toBeFocused()
})

test('who has no role for it is told before writing, and offered nothing that would be refused', async ({ browser }) => {
  const finance = await as(browser, 'finance')
  await finance.goto('/my/needs/new')
  await expect(finance.getByRole('heading', { level: 1 })).toHaveText('发布需求')
  await expect(finance.getByText('您在本单位的角色不能起草此类内容')).toBeVisible()
  await expect(finance.getByRole('main').getByRole('textbox')).toHaveCount(0)

  const inventor = await as(browser, 'inventor')
  await inventor.goto('/dashboard')
  const starts = inventor.getByRole('region', { name: '从这里开始' })
  await expect(starts.getByRole('link', { name: /^发布一项成果/ })).toBeVisible()
  await expect(starts.getByRole('link', { name: /成果包/ })).toHaveCount(0)
  await inventor.goto('/my/packages/new')
  await expect(inventor.getByText('您在本单位的角色不能起草此类内容')).toBeVisible()
  await inventor.goto('/my/achievements/new')
  await expect(inventor.getByText('您在本单位的角色可以起草')).toBeVisible()
  await expect(inventor.getByRole('group', { name: /^名称/ })).toBeVisible()

  await inventor.goto('/search?kind=need&field=environment') // where no test comes to a deal
  await inventor.getByRole('main').getByRole('article').first().getByRole('link').first().click()
  await inventor.getByRole('button', { name: '申请引荐' }).click()
  await expect(inventor.getByRole('dialog')).toContainText('您在本单位的角色不能申请引荐')
  await expect(inventor.getByRole('dialog').getByRole('textbox')).toHaveCount(0)
})

test('a document with a long name fits into the form on a telephone', async ({ browser }) => {
  const page = await as(browser, 'manager')
  await page.setViewportSize({ width: 390, height: 844 })
  await page.goto('/my/needs/new')
  await page.getByRole('group', { name: /^名称/ }).getByLabel('中文').fill('玉米烘干的能耗')
  await expect(page).toHaveURL(/\/my\/needs\/[0-9a-f-]{36}$/)
  const documents = page.getByRole('region', { name: '资料' })
  await documents.getByLabel('选择文件').setInputFiles({ name: 'drying_energy_measurements_2026_09_to_2026_11_final.txt', mimeType: 'text/plain', buffer: Buffer.from('3.1 MJ/kg') })
  await expect(documents.getByRole('heading', { name: /^drying_energy/ })).toBeVisible()
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390)
})
