import { expect } from '@playwright/test'
import { barriers } from './accessibility'
import { as, comesUp, complaintsOf, test } from './people'

test('a need is posted, matched with reasons, and leads to an introduction', async ({ browser }) => {
  const title = '寒区储能电站用低温磷酸铁锂电芯'
  const engineer = await as(browser, 'engineer')
  await engineer.goto('/my/needs/new')
  await engineer.getByRole('group', { name: /^名称/ }).getByLabel('中文').fill(title)
  await engineer.getByRole('group', { name: /^难题描述/ }).getByLabel('中文').fill('现用磷酸铁锂电池在零下 30 度放电容量不足六成，储能电站冬季可用容量严重下降，希望找到低温电解液与电芯方案，可在现有产线切换。')
  await engineer.getByRole('button', { name: '+ 添加要求' }).click()
  await engineer.getByRole('textbox', { name: '要求' }).fill('低温放电容量保持率')
  await engineer.getByRole('textbox', { name: /^指标/ }).fill('低温放电容量保持率')
  await engineer.getByRole('group', { name: '低温放电容量保持率' }).getByText('英文', { exact: true }).click()
  await engineer.getByRole('textbox', { name: '要求（英文）' }).fill('Discharge capacity left in the cold')
  await engineer.getByRole('textbox', { name: /^数值/ }).fill('80')
  await engineer.getByRole('textbox', { name: /^单位/ }).fill('%')
  await engineer.getByLabel('技术领域', { exact: true }).selectOption({ label: '新能源与高效节能' })
  await engineer.getByRole('textbox', { name: /^预算上限/ }).fill('350万')
  await expect(engineer.getByText('350 万元')).toBeVisible()
  await expect(engineer.getByRole('status').filter({ hasText: '已保存' }).first()).toBeVisible()
  const documents = engineer.getByRole('region', { name: '资料' })
  await documents.getByLabel('向谁公开').selectOption({ label: '公开' })
  await documents.getByLabel('选择文件').setInputFiles({ name: '冬季放电曲线.txt', mimeType: 'text/plain', buffer: Buffer.from('−30 ℃，0.5C：58 %') })
  await expect(documents.getByRole('heading', { name: '冬季放电曲线.txt' })).toBeVisible()
  await engineer.getByRole('button', { name: '提交审核' }).click()
  await expect(engineer).toHaveURL(/\/my\/listings/)

  const reviewer = await as(browser, 'reviewer')
  await reviewer.goto('/reviews')
  await reviewer.getByRole('link', { name: new RegExp(title) }).click()
  await expect(reviewer.getByRole('region', { name: '资料' }).getByRole('heading', { name: '冬季放电曲线.txt' })).toBeVisible()
  const boxes = reviewer.getByRole('complementary').last().getByRole('checkbox')
  await expect(boxes.first()).toBeVisible()
  for (let index = 0; index < (await boxes.count()); index++) await boxes.nth(index).check()
  await reviewer.getByRole('button', { name: '通过并发布' }).click()
  await expect(reviewer).toHaveURL(/\/reviews$/)

  await engineer.goto('/my/listings?kind=need')
  await engineer.getByRole('link', { name: title }).click()
  await expect(engineer).toHaveURL(/\/needs\//)
  const visitor = await (await browser.newContext({ locale: 'zh-CN' })).newPage()
  await visitor.goto(engineer.url())
  await expect(visitor.getByRole('heading', { name: '冬季放电曲线.txt' })).toBeVisible()
  const abroad = await (await browser.newContext({ locale: 'en' })).newPage()
  await abroad.goto(engineer.url())
  const requirement = abroad.getByRole('row').filter({ hasText: 'Discharge capacity left in the cold' })
  await expect(requirement.getByText('低温放电容量保持率')).toHaveAttribute('lang', 'zh-CN')
  await engineer.goBack()
  await engineer.getByRole('listitem').filter({ hasText: title }).getByRole('link', { name: '查看匹配' }).click()
  await expect(engineer).toHaveURL(/\/matches$/)
  const first = engineer.locator('article').first()
  await comesUp(
    () => engineer.reload(),
    (options) => expect(first).toContainText('电池', options),
  )
  await expect(first.getByRole('list', { name: '理由' })).toContainText('同一技术领域')
  await expect(first).toContainText(/满足 \d+ 项/)
  const english = await as(browser, 'engineer', { locale: 'en' })
  await english.goto(engineer.url())
  const verdict = english.locator('article').first().getByRole('listitem').filter({ hasText: 'Discharge capacity left in the cold' })
  await expect(verdict).toContainText('Cold discharge capacity retention: 82 %')
  await expect(verdict).toContainText('−30 °C, 0.5C')

  await engineer.getByRole('button', { name: '申请引荐' }).first().click()
  await engineer.getByRole('button', { name: '发送' }).click()
  await expect(engineer.getByRole('dialog').getByRole('alert')).toBeVisible()
  await engineer.getByRole('dialog').getByLabel('给对方的话').fill('我们有三座寒区储能电站，希望了解电芯的低温数据。')
  await engineer.getByRole('button', { name: '发送' }).click()
  await expect(engineer).toHaveURL(/\/introductions/)

  const officer = await as(browser, 'officer')
  await test.step('a result in no package is asked about for the need, and the deal is about that result', async () => {
    const own = (await (await officer.request.get('/api/v1/achievements?state=published&page_size=50')).json()) as { items: { id: string }[] }
    let loose = ''
    for (const { id } of own.items) {
      const { packages } = (await (await engineer.request.get(`/api/v1/achievements/${id}`)).json()) as { packages?: unknown[] }
      if (!packages?.length) loose = id // the oldest: of the newest other tests make packages
    }
    await engineer.goto(`/achievements/${loose}`)
    const result = (await engineer.getByRole('heading', { level: 1 }).textContent()) ?? ''
    await engineer.getByRole('button', { name: '申请引荐' }).click()
    const dialog = engineer.getByRole('dialog')
    await dialog.getByLabel('给对方的话').fill('想了解这项成果能否直接用于我们的需求。')
    await dialog.getByLabel('对应的本单位需求').selectOption('') // where one matches it is chosen already
    await dialog.getByRole('button', { name: '发送' }).click()
    await expect(dialog.getByRole('alert')).toContainText('对应的本单位需求')
    await dialog.getByLabel('对应的本单位需求').selectOption({ label: title })
    await dialog.getByRole('button', { name: '发送' }).click()
    await expect(engineer).toHaveURL(/\/introductions/)
    await expect(engineer.getByRole('article').filter({ hasText: result })).toBeVisible()

    const ownNeed = engineer.getByRole('listitem').filter({ has: engineer.getByRole('link', { name: title }) })
    await engineer.goto('/my/listings?kind=need')
    await expect(ownNeed).toContainText('征集至')

    await officer.goto('/introductions')
    await officer.getByRole('article').filter({ hasText: result }).getByRole('link').first().click()
    await expect(officer.getByRole('heading', { level: 1 })).toHaveText(result)
    await officer.getByRole('button', { name: '同意引荐' }).click()
    await expect(officer).toHaveURL(/\/deals\//)
    await expect(officer.getByRole('region', { name: '洽谈记录' })).toContainText('想了解这项成果能否直接用于我们的需求。')
    await officer.getByRole('link', { name: '查看科技成果', exact: true }).click()
    await expect(officer).toHaveURL(new RegExp(`/achievements/${loose}`))

    await engineer.goto('/my/listings?kind=need')
    await expect(ownNeed).toContainText('已对接')
    await expect(ownNeed).not.toContainText('征集至')
    await ownNeed.getByRole('link', { name: title }).click()
    await expect(engineer.getByRole('complementary', { name: '管理' })).toContainText('已有洽谈，需求不再公开征集')
  })

  await test.step('when the deal comes to nothing, its need is asked about at once, and opened again by one press', async () => {
    const own = (await (await engineer.request.get('/api/v1/deals?state=negotiating')).json()) as { items: { id: string; need_id: string; need_title: { zh: string } }[] }
    const deal = own.items.find((each) => each.need_title.zh === title)
    await engineer.goto(`/deals/${deal?.id}`)
    const reopen = engineer.getByRole('button', { name: '重新开放' })
    await expect(engineer.getByRole('heading', { name: '下一步' })).toBeVisible()
    await expect(reopen).toHaveCount(0)
    await officer.goto(engineer.url())
    await officer.getByRole('button', { name: '结束洽谈' }).click()
    await officer.getByRole('dialog').getByLabel('原因').selectOption({ label: '条款未谈拢' })
    await officer.getByRole('dialog').getByRole('textbox').fill('条件谈不拢')
    await officer.getByRole('dialog').getByRole('button', { name: '结束洽谈' }).click()
    await expect(officer.getByText('条件谈不拢').first()).toBeVisible()
    await expect(officer.getByRole('button', { name: '重新开放' })).toHaveCount(0)

    await expect(reopen).toBeVisible()
    await engineer.goto(`/needs/${deal?.need_id}`)
    await expect(engineer.getByRole('complementary', { name: '管理' })).toContainText('洽谈已结束，没有签订合同')
    await engineer.goto('/dashboard')
    const task = engineer.getByRole('listitem').filter({ hasText: '洽谈未成' }).filter({ hasText: title })
    await expect(task).toBeVisible()
    expect(await barriers(engineer)).toEqual([])
    await task.getByRole('button', { name: '重新开放' }).click()
    await expect(task).toHaveCount(0)
    await engineer.goto('/my/listings?kind=need')
    await expect(engineer.getByRole('listitem').filter({ has: engineer.getByRole('link', { name: title }) })).toContainText('征集至')
  })
  for (const page of [engineer, reviewer, officer]) expect(complaintsOf(page)).toEqual([])
})
