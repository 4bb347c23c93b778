import { expect, type Page } from '@playwright/test'
import { as, chooseAchievement, comesUp, complaintsOf, test, type Person } from './people'

/**
 * The whole path, each person in a browser profile of their own: a result is
 * published, finds a need, becomes a contract of ¥1,000,000.00, and the money
 * reaches its inventors.
 */
const achievement = '戈壁日光温室番茄水肥一体化基质栽培技术'
const packageTitle = '戈壁设施番茄节水增产成果包'
const need = '戈壁日光温室番茄节水高产栽培方案'
const contract = '戈壁设施番茄节水增产技术许可合同'

const inTwo = (page: Page, group: RegExp) => page.getByRole('group', { name: group }).getByLabel('中文')

async function saved(page: Page): Promise<void> {
  await expect(page.getByRole('status').filter({ hasText: '已保存' }).first()).toBeVisible()
}

/** Presses the button of a step and agrees in the dialog that asks. */
async function take(page: Page, action: string): Promise<void> {
  await page.getByRole('main').getByRole('button', { name: action }).first().click()
  await page.getByRole('dialog').getByRole('button', { name: action }).click()
  await expect(page.getByRole('dialog')).toBeHidden()
}

async function submit(page: Page): Promise<void> {
  await saved(page)
  await page.getByRole('button', { name: '提交审核' }).click()
  await expect(page).toHaveURL(/\/my\/listings/)
}

async function publish(reviewer: Page, title: string): Promise<void> {
  await reviewer.goto('/reviews')
  await reviewer.getByRole('link', { name: new RegExp(title) }).click()
  const points = reviewer.getByRole('complementary').getByRole('checkbox')
  await expect(points.first()).toBeVisible()
  for (const point of await points.all()) await point.check()
  await reviewer.getByRole('button', { name: '通过并发布' }).click()
  await expect(reviewer).toHaveURL(/\/reviews$/)
}

async function addContributor(officer: Page, name: string, weight: string): Promise<void> {
  await officer.getByPlaceholder('输入姓名').fill(name)
  await officer.getByRole('button', { name, exact: true }).click()
  await officer.getByRole('group', { name, exact: true }).getByRole('textbox', { name: '权重' }).fill(weight)
}

/** What stands below a name in a list of facts. */
const fact = (page: Page, name: string) => page.getByText(name, { exact: true }).locator('..')

/** The state that stands above the page's title. */
const state = (page: Page, name: string) => page.getByRole('main').getByText(name, { exact: true }).first()

test('from a result in a drawer to money in an inventor’s hand', async ({ browser }) => {
  const pages = new Map<Person, Page>()
  const of = async (person: Person): Promise<Page> => {
    const page = pages.get(person) ?? (await as(browser, person))
    pages.set(person, page)
    await page.bringToFront() // what lies behind other windows may wait for its next frame
    return page
  }
  let draft = ''
  let deal = ''
  let agreed = ''
  let plan = ''
  let distribution = ''

  await test.step('the officer describes a result and who made it, and submits', async () => {
    const officer = await of('officer')
    await officer.goto('/my/achievements/new')
    await inTwo(officer, /^名称/).fill(achievement)
    await saved(officer)
    await expect(officer).toHaveURL(/\/my\/achievements\/[0-9a-f-]{36}$/)
    draft = officer.url()
    await inTwo(officer, /^一句话价值/).fill('亩节水 45%，番茄亩产提高 22%，与当地土壤栽培相比')
    await inTwo(officer, /^简介/).fill('面向戈壁日光温室，以沙基质与水肥一体化滴灌替代土壤栽培，按番茄生育期自动供水供肥，已在三个县示范。')
    await officer.getByLabel('技术领域', { exact: true }).selectOption({ label: '农业' })
    await officer.getByLabel('技术成熟度', { exact: true }).selectOption('8')
    await addContributor(officer, '艾力江', '5')
    await addContributor(officer, '方晓禾', '3')
    await expect(officer.getByText('62.5%')).toBeVisible()
    await submit(officer)
  })

  await test.step('the reviewer returns it with reasons', async () => {
    const reviewer = await of('reviewer')
    await reviewer.goto('/reviews')
    await reviewer.getByRole('link', { name: new RegExp(achievement) }).click()
    await reviewer.getByRole('button', { name: '退回修改' }).click()
    await reviewer.getByLabel('总体说明').fill('缺少可核对的指标')
    await reviewer.getByLabel('添加一项').selectOption('claims')
    await reviewer.getByLabel(/对“性能指标”的意见/).fill('请写明节水率及对比对象')
    await reviewer.getByRole('button', { name: '退回修改' }).click()
    await expect(reviewer).toHaveURL(/\/reviews$/)
  })

  await test.step('the officer reads them, mends and submits again; it is published', async () => {
    const officer = await of('officer')
    await officer.goto(draft)
    await expect(officer.getByText('缺少可核对的指标')).toBeVisible()
    await expect(officer.getByText('请写明节水率及对比对象').first()).toBeVisible()
    await officer.getByRole('button', { name: '+ 添加指标' }).click()
    await officer.getByRole('textbox', { name: '指标', exact: true }).fill('节水率')
    await officer.getByLabel('数值').first().fill('45')
    await officer.getByRole('textbox', { name: /^单位/ }).first().fill('%')
    await officer.getByRole('textbox', { name: /^对比对象/ }).first().fill('土壤栽培漫灌')
    await submit(officer)
    await publish(await of('reviewer'), achievement)
  })

  await test.step('the officer makes a package of it; it is published', async () => {
    const officer = await of('officer')
    await officer.goto('/my/packages/new')
    await inTwo(officer, /^名称/).fill(packageTitle)
    await saved(officer)
    await inTwo(officer, /^一句话价值/).fill('番茄亩节水 45%、增产 22%，技术与三个月驻点指导一次到位')
    await inTwo(officer, /^说明/).fill('含戈壁日光温室番茄水肥一体化栽培技术的使用许可与三个月驻点指导，适合设施农业企业。')
    await officer.getByLabel('技术领域', { exact: true }).selectOption({ label: '农业' })
    await officer.getByRole('textbox', { name: /^意向价格/ }).fill('100万')
    await officer.getByRole('button', { name: '+ 添加组成部分' }).click()
    await chooseAchievement(officer, officer.getByRole('combobox', { name: '对应成果' }), achievement, achievement)
    await officer.getByLabel('提供方式').selectOption({ label: '技术秘密' })
    await officer.getByRole('textbox', { name: '权重' }).fill('100')
    await expect(officer.getByText('合计 100%')).toBeVisible()
    await submit(officer)
    await publish(await of('reviewer'), packageTitle)
  })

  await test.step('the enterprise posts a need; it is published', async () => {
    const engineer = await of('engineer')
    await engineer.goto('/my/needs/new')
    await inTwo(engineer, /^名称/).fill(need)
    await inTwo(engineer, /^难题描述/).fill('公司在戈壁新建日光温室种植番茄，土壤瘠薄、用水指标紧，漫灌亩用水过高，需要水肥一体化的节水栽培技术，在现有温室内使用。')
    await engineer.getByRole('button', { name: '+ 添加要求' }).click()
    await engineer.getByRole('textbox', { name: '要求' }).fill('番茄栽培节水率')
    await engineer.getByRole('textbox', { name: /^指标/ }).fill('节水率')
    await engineer.getByRole('textbox', { name: /^数值/ }).fill('30')
    await engineer.getByRole('textbox', { name: /^单位/ }).fill('%')
    await engineer.getByLabel('技术领域', { exact: true }).selectOption({ label: '农业' })
    await engineer.getByRole('textbox', { name: /^预算上限/ }).fill('120万')
    await submit(engineer)
    await publish(await of('reviewer'), need)
  })

  await test.step('the enterprise sees its matches with reasons and asks to be introduced', async () => {
    const engineer = await of('engineer')
    await engineer.goto('/my/listings?kind=need')
    await engineer.getByRole('listitem').filter({ hasText: need }).getByRole('link', { name: '查看匹配' }).click()
    await expect(engineer).toHaveURL(/\/matches$/)
    const match = engineer.locator('article').filter({ hasText: packageTitle })
    await comesUp(
      () => engineer.reload(),
      (options) => expect(match).toBeVisible(options),
    )
    await expect(match.getByRole('list', { name: '理由' })).toContainText('同一技术领域')
    await expect(match).toContainText(/满足 \d+ 项/)
    await match.getByRole('button', { name: '申请引荐' }).click()
    await engineer.getByRole('dialog').getByLabel('给对方的话').fill('我们有 300 亩戈壁温室，希望了解番茄基质栽培的供水数据与许可条件。')
    await engineer.getByRole('button', { name: '发送' }).click()
    await expect(engineer).toHaveURL(/\/introductions/)
  })

  await test.step('the officer accepts, and both sides talk', async () => {
    const officer = await of('officer')
    await officer.goto('/introductions')
    await officer.getByRole('article').filter({ hasText: packageTitle }).getByRole('link').first().click()
    await officer.getByRole('button', { name: '同意引荐，开始洽谈' }).click()
    await expect(officer).toHaveURL(/\/deals\//)
    deal = officer.url()
    await officer.getByLabel('写给对方').fill('欢迎，供水数据可以提供，我方可派人驻点三个月。')
    await officer.getByRole('button', { name: '发送', exact: true }).click()
    await expect(officer.getByRole('listitem').filter({ hasText: '驻点三个月' })).toBeVisible()
    const engineer = await of('engineer')
    await engineer.goto(deal)
    await expect(engineer.getByText('我方可派人驻点三个月')).toBeVisible()
    await engineer.getByLabel('写给对方').fill('同意一百万元一次付清。')
    await engineer.getByRole('button', { name: '发送', exact: true }).click()
    // The officer's page learns of it by itself.
    await expect(officer.getByText('同意一百万元一次付清。')).toBeVisible()
  })

  await test.step('the contract is drafted, proposed and signed by both sides', async () => {
    const officer = await of('officer')
    await officer.getByRole('link', { name: '起草技术合同' }).click()
    await officer.getByLabel('合同名称').fill(contract)
    // What the listing says already is not asked again, and no type of contract is taken for granted.
    await expect(officer.getByLabel('技术领域')).toHaveValue('agriculture')
    await officer.getByLabel('成交总额').fill('100万')
    await officer.getByRole('button', { name: '保存草稿' }).click()
    await expect(officer.getByRole('alert')).toContainText('合同类型：必填')
    await officer.getByLabel('合同类型').selectOption({ label: '技术秘密使用许可合同' })
    await officer.getByRole('button', { name: '保存草稿' }).click()
    await expect(officer).toHaveURL(/\/contracts\//)
    agreed = officer.url()
    await expect(officer.getByRole('heading', { level: 1 })).toHaveText(contract)
    await expect(officer.getByText('¥1,000,000.00').first()).toBeVisible()
    await take(officer, '提请签署')
    // The button that was pressed is gone; the keyboard goes on at the start of the page.
    expect(await officer.evaluate(() => document.activeElement?.tagName)).toBe('MAIN')
    await expect(officer.getByText(/由.*、.*的负责人签署/)).toBeVisible()
    for (const person of ['manager', 'head'] as const) {
      const signer = await of(person)
      await signer.goto(agreed)
      // Who signs reads which rights go over, and is told that it is their turn.
      await expect(signer.getByRole('list', { name: '各项标的授予的权利' })).toContainText('技术秘密')
      await expect(signer.getByText('轮到您')).toBeVisible()
      await take(signer, '代表本单位签署')
      if (person === 'head') continue
      // What one side has signed stands in the history, and is no draft to be discarded.
      await expect(state(signer, '一方已签署')).toBeVisible()
      await expect(signer.getByRole('list', { name: '进展' }).getByText('签署', { exact: true })).toBeVisible()
      await expect(signer.getByRole('button', { name: '作废草稿' })).toHaveCount(0)
    }
    const signed = await of('head')
    await expect(state(signed, '已生效')).toBeVisible()
    for (const name of ['周秉文', '田润生']) await expect(signed.getByText(new RegExp(`签署于.*${name}`))).toBeVisible()
  })

  await test.step('the reward plan is confirmed by each contributor in person, decided by another, publicised, in effect', async () => {
    const officer = await of('officer')
    await officer.goto(agreed)
    await officer.getByRole('button', { name: '起草奖励方案' }).click()
    await expect(officer).toHaveURL(/\/plans\//)
    plan = officer.url()
    await expect(officer.getByText('62.5%')).toBeVisible()
    // Whose part it is stands above it in full, and what they are is not cut off.
    const role = officer.getByRole('group', { name: '艾力江', exact: true }).getByLabel('类别')
    await expect(role).toHaveValue('COMPLETER')
    expect(await role.evaluate((select) => select.getBoundingClientRect().width)).toBeGreaterThan(150)
    await officer.getByRole('button', { name: '试算' }).click()
    await expect(officer.getByRole('row', { name: /艾力江/ })).toContainText('¥437,500.00')
    // What is written and not saved yet is what the contributors are asked about.
    for (const [name, weight] of [['艾力江', '10'], ['方晓禾', '6']] as const) {
      await officer.getByRole('group', { name, exact: true }).getByRole('textbox', { name: '权重' }).fill(weight)
    }
    await take(officer, '提交贡献人确认')
    const proposed = (await (await officer.request.get(`/api/v1${new URL(plan).pathname}`)).json()) as { contributors: { weight: number }[] }
    expect(proposed.contributors.map(({ weight }) => weight)).toEqual([10, 6])
    for (const person of ['inventor', 'inventor2'] as const) {
      const contributor = await of(person)
      await contributor.goto('/dashboard')
      await contributor.getByRole('link', { name: new RegExp(contract) }).click()
      await expect(contributor).toHaveURL(plan)
      await take(contributor, '确认我的份额')
    }
    await officer.goto(plan)
    await expect(state(officer, '已全部确认')).toBeVisible()
    await expect(officer.getByRole('button', { name: '作出单位决定' })).toHaveCount(0)
    const head = await of('head')
    await head.goto(plan)
    await head.getByRole('button', { name: '作出单位决定' }).click()
    const decision = head.getByRole('dialog')
    await decision.getByRole('button', { name: '作出单位决定' }).click()
    await expect(decision.getByRole('alert')).toContainText('会议纪要')
    await decision.getByLabel('会议纪要').setInputFiles({ name: '所务会纪要.pdf', mimeType: 'application/pdf', buffer: Buffer.from('%PDF-1.4\n%%EOF\n') })
    await expect(decision.getByRole('link', { name: '所务会纪要.pdf' })).toBeVisible()
    await decision.getByRole('button', { name: '作出单位决定' }).click()
    await expect(decision).toBeHidden()
    await officer.reload()
    await take(officer, '开始公示')
    // A notice of no days is over at once, and says so.
    await expect(officer.getByText('公示已期满，由承办人使方案生效。')).toBeVisible()
    await take(officer, '公示期满，生效')
    await expect(state(officer, '已生效')).toBeVisible()
  })

  await test.step('finance records the receipt, and sees the split to the fen', async () => {
    const finance = await of('finance')
    await finance.goto(agreed)
    await finance.getByRole('button', { name: '登记到账' }).click()
    await finance.getByLabel('含税金额').fill('1,000,000.00')
    await finance.getByLabel('银行流水号').fill('E2E-2026-0001')
    await finance.getByRole('button', { name: '登记到账' }).click()
    await expect(fact(finance, '累计到账')).toContainText('¥1,000,000.00')
    await expect(fact(finance, '尚未到账')).toContainText('¥0.00')
    await comesUp(
      () => finance.reload(),
      (options) => expect(finance.getByRole('link', { name: /到账 ¥1,000,000.00/ })).toBeVisible(options),
    )
    await finance.getByRole('link', { name: /到账 ¥1,000,000.00/ }).click()
    await expect(finance).toHaveURL(/\/distributions\//)
    distribution = finance.url()
    await expect(finance.getByRole('heading', { level: 1 })).toContainText('¥700,000.00')
    const split = finance.getByRole('table', { name: '分配明细' })
    await expect(split.getByRole('row', { name: /艾力江/ })).toContainText('¥437,500.00')
    await expect(split.getByRole('row', { name: /方晓禾/ })).toContainText('¥262,500.00')
    await expect(split.getByRole('row').last()).toContainText('¥300,000.00')
  })

  await test.step('who recorded the money cannot approve it; the head does, and finance pays', async () => {
    const finance = await of('finance')
    await expect(finance.getByRole('button', { name: '批准分配' })).toHaveCount(0)
    const head = await of('head')
    await head.goto(distribution)
    await expect(head.getByText('登记这笔款项的人不能批准')).toBeVisible()
    await take(head, '批准分配')
    await expect(state(head, '待付款')).toBeVisible()
    await expect(head.getByRole('list', { name: '进展' })).toContainText('周秉文')
    await finance.reload()
    await finance.getByLabel('付款凭证号').fill('PAY-2026-0001')
    await finance.getByRole('button', { name: '登记付款' }).click()
    await expect(state(finance, '已付款')).toBeVisible()
    await expect(finance.getByText('由贡献人确认收款：艾力江、方晓禾。')).toBeVisible()
  })

  await test.step('the inventor sees the own reward, why it is that much, and confirms', async () => {
    const inventor = await of('inventor')
    await inventor.goto('/dashboard')
    await inventor.getByRole('link', { name: new RegExp(`确认奖励的到账或冲回.*${contract}`) }).click()
    await expect(inventor).toHaveURL(/\/my\/rewards$/)
    const share = inventor.getByRole('article').filter({ hasText: contract })
    await expect(share.getByRole('row', { name: /奖励总额/ })).toContainText('¥700,000.00')
    await expect(share).toContainText('¥437,500.00')
    await expect(share).toContainText('62.5%')
    await share.getByRole('button', { name: '确认已收到' }).click()
    await expect(share.getByText(/确认于/)).toBeVisible()
    await expect(share.getByRole('button', { name: '确认已收到' })).toHaveCount(0)
  })

  await test.step('what would cost the institution more than it keeps waits until the head has said why it may go on', async () => {
    const finance = await of('finance')
    await finance.goto(agreed)
    await finance.getByRole('button', { name: '登记到账' }).click()
    await finance.getByLabel('含税金额').fill('200万')
    await finance.getByLabel('银行流水号').fill('E2E-2026-0002')
    await finance.getByText('税费与成本').click()
    await finance.getByLabel('直接成本').fill('190万')
    await finance.getByRole('button', { name: '登记到账' }).click()
    await expect(fact(finance, '累计到账')).toContainText('¥3,000,000.00')
    const head = await of('head')
    await head.goto(agreed)
    await comesUp(
      () => head.reload(),
      (options) => expect(head.getByRole('link', { name: /到账 ¥2,000,000.00/ })).toBeVisible(options),
    )
    await head.goto('/dashboard')
    await head.getByRole('link', { name: new RegExp(`处理暂缓的分配.*${contract}`) }).click()
    await expect(head.getByRole('heading', { level: 1 })).toContainText('¥1,400,000.00')
    await expect(head.getByRole('table', { name: '分配明细' }).getByRole('row', { name: /税费与成本/ })).toContainText('¥1,900,000.00')
    await head.getByRole('button', { name: '决定继续分配' }).click()
    await head.getByRole('dialog').getByLabel('原因').fill('所务会决定由单位承担成本')
    await head.getByRole('dialog').getByRole('button', { name: '决定继续分配' }).click()
    await expect(state(head, '待批准')).toBeVisible()
    await expect(head.getByRole('list', { name: '进展' })).toContainText('所务会决定由单位承担成本')
  })

  for (const page of pages.values()) expect(complaintsOf(page)).toEqual([])
})
