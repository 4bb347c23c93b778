import { expect, type Page } from '@playwright/test'
import { barriers } from './accessibility'
import { as, complaintsOf, demoPassword, linkInLetterTo, newcomer, people, test, watched } from './people'

const name = '塔河戈壁设施农业有限公司'
/** Of nobody; its check character holds. */
const creditCode = '91652900D00000718W'

/** Registers the organisation, at first with a wrong check character in its credit code. */
async function register(page: Page): Promise<void> {
  await page.goto('/organisations/new')
  await page.getByRole('button', { name: '登记单位', exact: true }).click()
  await expect(page.getByRole('alert')).toContainText('有问题需要处理')
  await page.getByRole('radio', { name: /^企业/ }).check()
  await page.getByRole('group', { name: '单位名称' }).getByLabel('中文').fill(name)
  await page.getByLabel('统一社会信用代码').fill(creditCode.replace(/W$/, 'X'))
  await page.getByRole('combobox', { name: '所在地区' }).fill('阿克苏')
  await page.getByRole('option', { name: /阿克苏地区/ }).click()
  await page.getByRole('button', { name: '登记单位', exact: true }).click()
}

/** Hands a scanned licence to the verifier. */
async function prove(page: Page): Promise<void> {
  const documents = page.getByRole('region', { name: '证明与资质' })
  await documents.getByRole('button', { name: '+ 添加单位证明' }).click()
  await documents.getByLabel('证明种类').selectOption({ label: '营业执照' })
  await documents.getByLabel('编号').fill('91652900-1')
  await documents.getByLabel('发证机构').fill('阿克苏市市场监督管理局')
  await documents.getByLabel('扫描件').setInputFiles({ name: '营业执照.txt', mimeType: 'text/plain', buffer: Buffer.from('营业执照') })
  await expect(documents.getByRole('link', { name: '营业执照.txt' })).toBeVisible()
  await documents.getByRole('button', { name: '提交证明' }).click()
  await expect(documents.getByRole('listitem').filter({ hasText: '91652900-1' })).toContainText('待核验')
}

test('an organisation registers, is rejected with a reason, mends, and is verified', async ({ browser }) => {
  const founder = watched(await (await browser.newContext({ locale: 'zh-CN' })).newPage())
  await newcomer(founder, 'founder@tahe.example', '帕提曼')
  await test.step('who acts for no organisation is sent to register one, and writes nothing that nobody keeps', async () => {
    await founder.goto('/my/needs/new')
    await expect(founder.getByRole('heading', { level: 1 })).toHaveText('发布需求')
    await expect(founder.getByText('成果与需求由单位发布。请先登记您的单位')).toBeVisible()
    await expect(founder.getByRole('textbox')).toHaveCount(0)

    await founder.goto('/search?kind=package&field=new_energy')
    await founder.getByRole('main').getByRole('article').first().getByRole('link').first().click()
    await founder.getByRole('button', { name: '申请引荐' }).click()
    const dialog = founder.getByRole('dialog')
    await expect(dialog).toContainText('引荐由单位发起。请先登记您的单位')
    await expect(dialog.getByRole('button', { name: '发送' })).toHaveCount(0)
    await dialog.getByRole('link', { name: '登记单位' }).click()
    await expect(founder).toHaveURL(/\/organisations\/new$/)
    await founder.goto('/my/needs/new')
    await founder.getByRole('main').getByRole('link', { name: '登记单位' }).click()
    await expect(founder).toHaveURL(/\/organisations\/new$/)
  })
  await register(founder)

  await test.step('a wrong credit code is told at its place, and mended', async () => {
    await expect(founder.getByRole('alert')).toContainText('统一社会信用代码')
    await founder.getByLabel('统一社会信用代码').fill(creditCode.toLowerCase())
    await founder.getByRole('button', { name: '登记单位', exact: true }).click()
    await expect(founder).toHaveURL(/\/organisation$/)
    await expect(founder.getByRole('heading', { level: 1 })).toHaveText(name)
  })

  await test.step('without a document it is not submitted', async () => {
    await founder.getByRole('button', { name: '提交核验' }).click()
    await expect(founder.getByText('请先上传仍在有效期内的单位证明')).toBeVisible()
    await prove(founder)
  })
  await founder.getByRole('button', { name: '提交核验' }).click()
  await expect(founder.getByText('核验中').first()).toBeVisible()

  await test.step('a draft is kept meanwhile, and says why it cannot be submitted', async () => {
    await founder.goto('/dashboard')
    await expect(founder.getByRole('link', { name: '单位核验中' })).toBeVisible()
    await founder.getByRole('link', { name: '发布一条需求' }).click()
    await founder.getByRole('group', { name: /^名称/ }).getByLabel('中文').fill('戈壁温室滴灌堵塞监测')
    await expect(founder).toHaveURL(/\/my\/needs\/[0-9a-f-]{36}$/)
    await expect(founder.getByRole('button', { name: '提交审核' })).toBeDisabled()
    await expect(founder.getByText('本单位通过核验后才能提交审核')).toHaveCount(2) // above the form, and beside the button
    await founder.getByRole('link', { name: '查看单位核验' }).last().click()
    await expect(founder).toHaveURL(/\/organisation$/)

    await founder.goto('/search?kind=package&field=new_energy')
    await founder.getByRole('main').getByRole('article').first().getByRole('link').first().click()
    await founder.getByRole('button', { name: '申请引荐' }).click()
    await expect(founder.getByRole('dialog')).toContainText('本单位通过核验后才能申请引荐')
  })

  const verifier = await as(browser, 'verifier')
  await test.step('the verifier rejects it with a reason', async () => {
    await verifier.goto('/dashboard')
    await verifier.getByRole('link', { name: new RegExp(name) }).click()
    await verifier.getByRole('button', { name: '不予通过', exact: true }).click()
    const dialog = verifier.getByRole('dialog')
    await dialog.getByLabel('说明原因').fill('请补充注册地址')
    await dialog.getByRole('button', { name: '不予通过' }).click()
    await expect(dialog).toBeHidden()
  })

  await test.step('the founder reads it, adds the address and submits again', async () => {
    await founder.goto('/organisation')
    await expect(founder.getByText('请补充注册地址')).toBeVisible()
    await founder.getByRole('button', { name: '修改信息' }).click()
    await founder.getByRole('textbox', { name: /^地址/ }).fill('阿克苏市南大街 8 号')
    await founder.getByRole('button', { name: '保存' }).click()
    await expect(founder.getByText('阿克苏市南大街 8 号')).toBeVisible()
    await founder.getByRole('button', { name: '再次提交核验' }).click()
  })

  await test.step('the verifier finds it in the queue and verifies it', async () => {
    await verifier.goto('/platform/organisations')
    const entry = verifier.getByRole('listitem').filter({ has: verifier.getByRole('heading', { name }) })
    await expect(entry.getByText('91652900-1')).toBeVisible()
    await entry.getByRole('button', { name: '通过核验' }).click()
    await verifier.getByRole('dialog').getByRole('button', { name: '通过核验' }).click()
    await expect(entry).toHaveCount(0)
    await founder.reload()
    await expect(founder.getByText('已核验').first()).toBeVisible()
  })

  await test.step('its public page tells since when, and shows no document', async () => {
    await founder.getByRole('link', { name: '查看公开主页' }).click()
    await expect(founder).toHaveURL(/\/organisations\/[0-9a-f-]+$/)
    await expect(founder.getByText(/核验于/)).toBeVisible()
    await expect(founder.getByText('91652900-1')).toHaveCount(0)
  })

  for (const page of [founder, verifier]) expect(complaintsOf(page)).toEqual([])
})

test('the head adds a member by e-mail, names a person, and takes both roles and invitations back', async ({ browser }) => {
  const head = await as(browser, 'head')
  await head.goto('/organisation')
  const members = head.getByRole('region', { name: '成员' })

  await members.getByRole('button', { name: '+ 添加成员' }).click()
  await members.getByLabel('电子邮箱').fill('new.officer@oasis.example')
  await members.getByLabel('姓名').fill('吐尔逊')
  await members.getByRole('radio', { name: /^成果转化专员/ }).check()
  await members.getByRole('button', { name: '添加成员', exact: true }).click()
  const invited = members.getByRole('listitem').filter({ hasText: '吐尔逊' })
  await expect(invited).toContainText('已邀请')
  await invited.getByRole('button', { name: /再次发送给吐尔逊/ }).click()
  await expect(head.getByText('邀请已再次发至 new.officer@oasis.example')).toBeVisible()
  await expect(invited).toHaveCount(1)

  // Whoever opens the letter reads what it offers, and as whom it would be accepted, before anything is accepted.
  const reader = await as(browser, 'engineer')
  await reader.goto(await linkInLetterTo('new.officer@oasis.example', '/claim'))
  await expect(reader.getByRole('heading', { name: /^加入天山绿洲/ })).toBeVisible()
  await expect(reader.getByText(/（吐尔逊）以“成果转化专员”的身份/)).toBeVisible()
  await expect(reader.getByRole('button', { name: '接受邀请' })).toBeEnabled()
  await expect(reader.getByText(/将由您现在登录的账户 \S+@\S+ 接受/)).toBeVisible()
  await invited.getByRole('button', { name: /移除吐尔逊/ }).click()
  await head.getByRole('dialog').getByRole('button', { name: '撤回邀请' }).click()
  await expect(invited).toHaveCount(0)

  const persons = head.getByRole('region', { name: '本单位登记的人员' })
  await persons.getByRole('button', { name: '+ 登记人员' }).click()
  await persons.getByLabel('姓名').fill('迪力夏提')
  await persons.getByRole('button', { name: '登记人员', exact: true }).click()
  await expect(persons.getByRole('listitem').filter({ hasText: '迪力夏提' })).toContainText('待认领')

  // Named without an address, and invited afterwards: without that nobody could ever confirm a share.
  await persons.getByRole('button', { name: '邀请迪力夏提' }).click()
  await persons.getByRole('button', { name: '发送认领邀请' }).click()
  await expect(persons.getByRole('alert')).toContainText('必填')
  await persons.getByLabel('迪力夏提的电子邮箱').fill('dili@oasis.example')
  expect(await barriers(head)).toEqual([])
  await persons.getByRole('button', { name: '发送认领邀请' }).click()
  await expect(head.getByText('已邀请迪力夏提认领，邀请已发至 dili@oasis.example')).toBeVisible()
  const dili = await as(browser, 'broker')
  await dili.goto(await linkInLetterTo('dili@oasis.example', '/claim'))
  await expect(dili.getByText(/迪力夏提/).first()).toBeVisible()

  // An invitation that went to a wrong address is taken back, and its letter opens nothing any more.
  const entry = persons.getByRole('listitem').filter({ hasText: '迪力夏提' })
  await expect(entry).toContainText('邀请已发至 dili@oasis.example，有效至')
  await entry.getByRole('button', { name: '撤回发至 dili@oasis.example 的邀请' }).click()
  await head.getByRole('dialog').getByRole('button', { name: '撤回邀请' }).click()
  await expect(head.getByText('已撤回发至 dili@oasis.example 的邀请')).toBeVisible()
  await expect(entry).not.toContainText('dili@oasis.example')
  await dili.reload()
  await expect(dili.getByText(/链接已失效/)).toBeVisible()

  // Whoever alone decides for the organisation cannot leave it without a head.
  await members.getByRole('button', { name: /移除周秉文/ }).click()
  await head.getByRole('dialog').getByRole('button', { name: '移除成员' }).click()
  await expect(head.getByText(/最后一/)).toBeVisible()
  await expect(members.getByRole('listitem').filter({ hasText: '周秉文' })).toBeVisible()
  expect(complaintsOf(head)).toEqual([])
})

test('a broker’s certificate is shown on the organisation’s page once the verifier has looked at it', async ({ browser, page }) => {
  const broker = await as(browser, 'broker')
  await broker.goto('/organisation')
  const documents = broker.getByRole('region', { name: '证明与资质' })
  await documents.getByRole('button', { name: '+ 添加我的技术经纪人证书' }).click()
  await documents.getByLabel('证书等级').selectOption({ label: '中级技术经纪人' })
  await documents.getByLabel('编号').fill('JJR-2026-0042')
  await documents.getByLabel('发证机构').fill('国家技术转移人才培养基地')
  await documents.getByLabel('有效期至').fill('2099-12-31')
  await documents.getByLabel('扫描件').setInputFiles({ name: '证书.txt', mimeType: 'text/plain', buffer: Buffer.from('证书') })
  await expect(documents.getByRole('link', { name: '证书.txt' })).toBeVisible()
  await documents.getByRole('button', { name: '提交证明' }).click()
  await expect(documents.getByText('待核验')).toBeVisible()
  const me = (await (await broker.request.get('/api/v1/me')).json()) as { acting_organisation_id: string }

  const verifier = await as(browser, 'verifier')
  await verifier.goto('/platform/organisations')
  const waiting = verifier.getByRole('region', { name: '待核验的证明与资质' }).getByRole('listitem').filter({ hasText: 'JJR-2026-0042' })
  await waiting.getByRole('button', { name: /核验通过/ }).click()
  await verifier.getByRole('dialog').getByRole('button', { name: '核验通过' }).click()
  await expect(verifier.getByText('JJR-2026-0042')).toHaveCount(0)

  await page.goto(`/organisations/${me.acting_organisation_id}`)
  await expect(page.getByText('陶然')).toBeVisible()
  await expect(page.getByText('JJR-2026-0042')).toBeVisible()
  for (const each of [broker, verifier]) expect(complaintsOf(each)).toEqual([])
})

test('a listing is cited and bears the code of its address; its page reads without script', async ({ browser }) => {
  const context = await browser.newContext({ locale: 'zh-CN', javaScriptEnabled: false })
  const plain = await context.newPage()
  await plain.goto('/search')
  await plain.getByRole('link', { name: '农业', exact: true }).click()
  await expect(plain).toHaveURL(/\/search\?field=/)
  await plain.getByRole('main').getByRole('listitem').filter({ hasText: '天玉 26' }).first().getByRole('link').click()
  await expect(plain).toHaveURL(/\/(achievements|packages|needs)\//)
  await expect(plain.getByRole('heading', { level: 1 })).toBeVisible()
  const address = new URL(plain.url()).pathname
  const cited = await context.request.get(`${address}/citation.txt`)
  expect(await cited.text()).toMatch(/\[EB\/OL\]\. \(\d{4}-\d{2}-\d{2}\)\[\d{4}-\d{2}-\d{2}\]\. http/)
  expect((await context.request.get(`${address}/qr.svg`)).headers()['content-type']).toBe('image/svg+xml')
  const scripted = watched(await (await browser.newContext({ locale: 'zh-CN' })).newPage())
  await scripted.goto(address)
  await expect(scripted.getByRole('img', { name: '本页网址的二维码' })).toBeVisible()
  expect(complaintsOf(scripted)).toEqual([])
})

test('an organisation’s page shows what it has published to everybody, and its contact to nobody', async ({ page, browser }) => {
  const officer = await as(browser, 'officer')
  const me = (await (await officer.request.get('/api/v1/me')).json()) as { acting_organisation_id: string }
  await page.goto(`/organisations/${me.acting_organisation_id}`)
  await expect(page.getByRole('heading', { level: 1 })).toContainText('天山绿洲农业研究院')
  await expect(page.getByText('已核验').first()).toBeVisible()
  await expect(page.getByRole('article').first()).toBeVisible()
  await expect(page.getByText('联系电话')).toHaveCount(0)
})

test.describe('each role signs in to a page of its own', () => {
  const places: Record<'operator' | 'verifier' | 'broker' | 'registrar' | 'analyst', [string, string[]]> = {
    operator: ['欧阳岚', ['单位核验', '运行状况']],
    verifier: ['卢一鸣', ['单位核验']],
    broker: ['陶然', ['引荐', '项目洽谈', '技术合同']],
    registrar: ['罗慎', ['本单位']],
    analyst: ['宋度', ['本单位']],
  }
  for (const [person, [who, offered]] of Object.entries(places)) {
    test(person, async ({ page }) => {
      await page.goto('/sign-in')
      await page.getByLabel('电子邮箱').fill(people[person as keyof typeof people])
      await page.getByLabel('密码').fill(demoPassword)
      await page.getByRole('main').getByRole('button', { name: '登录' }).click()
      await expect(page.getByRole('heading', { level: 1 })).toHaveText(`${who}，您好`)
      const navigation = page.getByRole('navigation', { name: '导航' })
      for (const place of offered) {
        await navigation.getByRole('link', { name: place }).click()
        await expect(page.getByRole('heading', { level: 1 })).toBeVisible()
        await expect(page.getByRole('main').getByRole('alert')).toHaveCount(0)
      }
    })
  }
})

test('the operator follows the trail of one subject, and the address can be passed on', async ({ browser }) => {
  const operator = await as(browser, 'operator')
  await operator.goto('/platform/operations')
  await expect(operator.getByRole('region', { name: '等待处理的事件' }).getByText('没有等待处理的事件').or(operator.getByRole('table', { name: '等待处理的事件' }))).toBeVisible()
  await operator.getByLabel('对象类别').selectOption({ label: '技术合同' })
  await expect(operator).toHaveURL(/kind=contract/)
  await expect(operator.getByRole('row').filter({ hasText: '签署合同' }).first()).toBeVisible()
  await operator.getByRole('button', { name: /^只看对象/ }).first().click()
  await expect(operator).toHaveURL(/subject=/)
  await operator.reload()
  await expect(operator.getByRole('row').filter({ hasText: '起草合同' }).first()).toBeVisible()
  await operator.goBack()
  await expect(operator).not.toHaveURL(/subject=/)
  expect(complaintsOf(operator)).toEqual([])
})
