import { writeFile } from 'node:fs/promises'
import { expect, type Page, type Route } from '@playwright/test'
import { barriers } from './accessibility'
import { as, complaintsOf, people, test } from './people'

/** What people do to pages beside what pages are for: other tabs, lines that break, answers that never come. */
const inTwo = (page: Page, group: RegExp) => page.getByRole('group', { name: group }).getByLabel('中文')
const saved = (page: Page) => expect(page.getByRole('status').filter({ hasText: '已保存' }).first()).toBeVisible()
const away = (route: Route) => route.fulfill({ status: 503, contentType: 'text/html', body: 'away' })

/** Another tab of the same browser. */
const tabBeside = (page: Page) => page.context().newPage()

test('a draft whose first answer is lost is created once, and goes on', async ({ browser }) => {
  const officer = await as(browser, 'officer')
  await officer.goto('/my/needs/new')
  let lost = 0
  await officer.route('**/api/v1/needs', async (route) => {
    if (route.request().method() !== 'POST' || lost > 0) return route.continue()
    lost++
    await route.fetch() // it is done, and nobody hears of it
    await route.abort()
  })
  const title = `断线时起草的需求 ${Date.now()}`
  await inTwo(officer, /^名称/).fill(title)
  await expect(officer.getByText('未能保存').first()).toBeVisible()
  await inTwo(officer, /^难题描述/).fill('线路恢复以后写下的话')
  await saved(officer)
  await expect(officer).toHaveURL(/\/my\/needs\/[0-9a-f-]{36}$/)
  await officer.reload()
  await expect(inTwo(officer, /^难题描述/)).toHaveValue('线路恢复以后写下的话')
  const found = await officer.request.get(`/api/v1/needs?q=${encodeURIComponent(title)}`)
  expect(((await found.json()) as { items: unknown[] }).items).toHaveLength(1)
})

test('a draft is left to where one wanted to, and not with words that are nowhere saved', async ({ browser }) => {
  const officer = await as(browser, 'officer')
  await officer.goto('/my/needs/new')
  await inTwo(officer, /^名称/).fill('写完标题就走')
  await officer.getByRole('link', { name: '工作台' }).click()
  await expect(officer).toHaveURL(/\/dashboard$/)

  await officer.goto('/my/needs/new')
  await inTwo(officer, /^名称/).fill('断线时的草稿')
  await saved(officer)
  await officer.route('**/api/v1/needs/*/draft', (route) => (route.request().method() === 'PUT' ? route.abort() : route.continue()))
  await inTwo(officer, /^名称/).fill('断线时的草稿，改过')
  await expect(officer.getByText('未能保存').first()).toBeVisible()
  await officer.getByRole('link', { name: '工作台' }).click()
  const question = officer.getByRole('dialog', { name: '有内容尚未保存' })
  await question.getByRole('button', { name: '取消' }).click()
  await expect(inTwo(officer, /^名称/)).toHaveValue('断线时的草稿，改过')
  await officer.getByRole('link', { name: '工作台' }).click()
  await question.getByRole('button', { name: '离开' }).click()
  await expect(officer).toHaveURL(/\/dashboard$/)
})

test('a draft that is saved for the first time leaves who writes it where they are', async ({ browser }) => {
  const officer = await as(browser, 'officer')
  await officer.goto('/my/needs/new')
  let written = (): void => undefined
  const open = new Promise<void>((resolve) => (written = resolve))
  await officer.route('**/api/v1/needs', async (route) => {
    await open
    await route.continue()
  })
  await inTwo(officer, /^名称/).fill('一边保存一边写')
  const region = officer.getByRole('combobox', { name: '地区' })
  await region.click()
  await officer.keyboard.type('石家庄')
  const found = officer.getByRole('listbox').getByText('石家庄').first()
  await expect(found).toBeVisible()
  const place = await officer.evaluate(() => window.scrollY)
  expect(place).toBeGreaterThan(0)
  written()
  await expect(officer).toHaveURL(/\/my\/needs\/[0-9a-f-]{36}$/)
  await saved(officer)
  await expect(region).toBeFocused()
  await expect(found).toBeVisible()
  expect(await officer.evaluate(() => window.scrollY)).toBe(place)
  expect(complaintsOf(officer)).toEqual([])
})

test('what was begun stands on the dashboard with what it lacks, for who may go on with it', async ({ browser }) => {
  // Nobody else writes for this company: the list has the newest few alone.
  const manager = await as(browser, 'waterManager')
  const title = `开了头的需求 ${Date.now()}`
  await manager.goto('/my/needs/new')
  await inTwo(manager, /^名称/).fill(title)
  await saved(manager)
  await manager.getByRole('link', { name: '工作台' }).click()
  const drafts = manager.getByRole('region', { name: '未完成的草稿' })
  const draft = drafts.getByRole('link', { name: new RegExp(title) })
  await expect(draft).toContainText(/还缺：.*难题描述/)
  expect(await barriers(manager)).toEqual([])
  await manager.setViewportSize({ width: 360, height: 740 })
  await expect.poll(() => manager.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360)
  const finance = await as(browser, 'finance')
  await Promise.all([finance.waitForResponse('**/api/v1/me/drafts'), finance.goto('/dashboard')])
  await expect(finance.getByRole('heading', { name: '等您处理' })).toBeVisible()
  await expect(finance.getByRole('region', { name: '未完成的草稿' })).toHaveCount(0)
  await draft.click()
  await expect(inTwo(manager, /^名称/)).toHaveValue(title)
  expect([complaintsOf(manager), complaintsOf(finance)]).toEqual([[], []])
})

test('Enter in an answer does not hand a draft in', async ({ browser }) => {
  const officer = await as(browser, 'officer')
  await officer.goto('/my/needs/new')
  await inTwo(officer, /^名称/).fill('按下回车')
  await saved(officer)
  await inTwo(officer, /^名称/).press('Enter')
  await expect(officer.getByRole('alert')).toHaveCount(0)
  await expect(officer.getByText('草稿', { exact: true }).first()).toBeVisible()
})

test('a deal’s talk stays, with what is being written, while the program is away', async ({ browser }) => {
  const head = await as(browser, 'head')
  const manager = await as(browser, 'manager')
  // The oldest, which is the demo's: no other test writes in it.
  const { items } = (await (await head.request.get('/api/v1/deals')).json()) as { items: { id: string }[] }
  const deal = `/deals/${items.at(-1)?.id ?? 'none'}`
  await head.goto(deal)
  const words = head.getByPlaceholder('写给对方')
  await words.fill('还没有发出的话')
  await head.route(`**/api/v1${deal}`, away)
  // What the other side writes has the page read again.
  const posted = await manager.request.post(`/api/v1${deal}/messages`, { data: { text: '样品已经寄出' } })
  expect(posted.ok(), await posted.text()).toBe(true)
  await expect(head.getByRole('alert').filter({ hasText: '暂时不可用' })).toBeVisible()
  await expect(words).toHaveValue('还没有发出的话')
  await head.unroute(`**/api/v1${deal}`)
  await head.getByRole('alert').getByRole('button', { name: '重试' }).click()
  await expect(head.getByRole('alert')).toHaveCount(0)
  await expect(words).toHaveValue('还没有发出的话')
})

test('what one has seen in the room of a deal is unread nowhere', async ({ browser }) => {
  const head = await as(browser, 'head')
  const manager = await as(browser, 'manager')
  const { items } = (await (await head.request.get('/api/v1/deals')).json()) as { items: { id: string }[] }
  // The oldest, which is the demo's: no other test closes it.
  const id = items.at(-1)?.id ?? 'none'
  await head.goto(`/deals/${id}`)
  await manager.request.post(`/api/v1/deals/${id}/messages`, { data: { text: '样品到了吗' } })
  await expect(head.getByText('样品到了吗').first()).toBeVisible()
  const unread = async () => {
    const { items } = (await (await head.request.get('/api/v1/me/notifications?page_size=100')).json()) as { items: { code: string; subject_id: string; read: boolean }[] }
    const told = items.filter((each) => each.code === 'message_posted' && each.subject_id === id)
    return told.length === 0 ? 'untold' : told.filter((each) => !each.read).length
  }
  await expect.poll(unread).toBe(0)
})

test('who consents to it is reached in the room of a deal, and no longer than that', async ({ browser }) => {
  const head = await as(browser, 'head')
  const manager = await as(browser, 'manager')
  const { items } = (await (await head.request.get('/api/v1/deals')).json()) as { items: { id: string }[] }
  const deal = `/deals/${items.at(-1)?.id ?? 'none'}`
  const contacts = (page: Page) => page.locator('section').filter({ has: page.getByRole('heading', { name: '联系人' }) })
  const share = contacts(manager).getByRole('checkbox', { name: /显示我的姓名和邮箱/ })
  await manager.request.post(`/api/v1${deal}/messages`, { data: { text: '有事请写信给我' } })
  await manager.goto(deal)
  await share.check()
  await expect(contacts(manager).getByRole('link', { name: people.manager })).toBeVisible()
  await head.goto(deal)
  await expect(contacts(head).getByRole('link', { name: people.manager })).toHaveAttribute('href', `mailto:${people.manager}`)
  await share.uncheck()
  await expect(contacts(manager).getByRole('link', { name: people.manager })).toHaveCount(0)
  await head.reload()
  await expect(contacts(head).getByRole('link').first(), 'others of the demo go on consenting').toBeVisible()
  await expect(contacts(head).getByRole('link', { name: people.manager })).toHaveCount(0)
  expect([complaintsOf(head), complaintsOf(manager)]).toEqual([[], []])
})

test('what one tab acts for is what the others say and do', async ({ browser }) => {
  const officer = await as(browser, 'officer')
  await officer.goto('/my/needs/new')
  await inTwo(officer, /^名称/).fill('为单位起草')
  await saved(officer)
  const beside = await tabBeside(officer)
  await beside.goto('/dashboard')
  await beside.getByRole('button', { name: /^当前身份/ }).click()
  await beside.getByRole('button', { name: '个人', exact: true }).click()
  await expect(officer.getByRole('status').filter({ hasText: '已在另一个标签页切换' })).toBeVisible()
  await expect(officer.getByRole('button', { name: '当前身份：个人。切换单位' })).toBeVisible()
  await expect(beside.getByRole('button', { name: '当前身份：个人。切换单位' })).toBeVisible()
  await expect(inTwo(officer, /^名称/)).toHaveValue('为单位起草')
})

test('a session that was ended in another tab is told; the words stay, and are saved once one has signed in again', async ({ browser }) => {
  const officer = await as(browser, 'officer')
  await officer.goto('/my/needs/new')
  await inTwo(officer, /^名称/).fill('会话结束之前')
  await saved(officer)
  const beside = await tabBeside(officer)
  await beside.goto('/dashboard')
  await expect(beside.getByRole('heading', { level: 1 })).toBeVisible()
  await beside.getByRole('button', { name: /的菜单$/ }).click()
  await beside.getByRole('button', { name: '退出登录' }).click()
  await expect(beside.getByRole('banner').getByRole('link', { name: '登录' })).toBeVisible()
  await officer.bringToFront()
  await inTwo(officer, /^名称/).fill('会话结束之后')
  // Other parts of the page may have learnt of it too; the form's way to sign in leaves the form open.
  const signIn = officer.getByRole('alert').filter({ hasText: '登录已失效' }).locator('a[target=_blank]')
  await expect(signIn).toHaveText('登录')
  await expect(inTwo(officer, /^名称/)).toHaveValue('会话结束之后')

  const [again] = await Promise.all([officer.waitForEvent('popup'), signIn.click()])
  await again.getByLabel('电子邮箱').fill('officer@demo.example')
  await again.getByLabel('密码').fill('chengqiao-demo-2026')
  await again.getByRole('main').getByRole('button', { name: '登录' }).click()
  await expect(again).not.toHaveURL(/sign-in/)
  await officer.bringToFront()
  await officer.getByRole('button', { name: '重试' }).first().click()
  await saved(officer)
})

test('a page that cannot be fetched says so, and is fetched in full once it can', async ({ browser }) => {
  const officer = await as(browser, 'officer')
  await officer.goto('/dashboard')
  await officer.route(/\/assets\/ProfilePage-.*\.js$/, (route) => route.abort())
  await officer.route('**/theme.js', (route) => route.abort())
  const profile = officer.getByRole('navigation', { name: '导航' }).getByRole('link', { name: '账户与隐私' })
  await profile.click()
  await expect(officer.getByRole('status').filter({ hasText: '连不上服务器' })).toBeVisible()
  await officer.unroute('**/theme.js')
  await Promise.all([officer.waitForEvent('load'), profile.click()])
  await expect(officer).toHaveURL(/\/profile$/)
})

test('what fails is said: signing out, a consent', async ({ browser }) => {
  const officer = await as(browser, 'officer')
  await officer.goto('/profile')
  const consent = officer.getByRole('checkbox', { name: /显示我的姓名和邮箱/ })
  const before = await consent.isChecked()
  await officer.route('**/api/v1/me/consents', (route) => (route.request().method() === 'PUT' ? away(route) : route.continue()))
  await consent.click()
  await expect(officer.getByRole('alert').filter({ hasText: '暂时不可用' })).toBeVisible()
  await expect(consent).toBeChecked({ checked: before })
  await officer.unroute('**/api/v1/me/consents')
  await consent.click()
  await expect(officer.getByRole('alert')).toHaveCount(0)
  await expect(consent).toBeChecked({ checked: !before })

  await officer.route('**/api/v1/session', (route) => route.abort())
  await officer.getByRole('button', { name: /的菜单$/ }).click()
  await officer.getByRole('button', { name: '退出登录' }).click()
  await expect(officer.getByRole('status').filter({ hasText: '连不上服务器' })).toBeVisible()
  expect(complaintsOf(officer)).toEqual([])
})

test('a region that is cleared again leaves the draft whole', async ({ browser }) => {
  const officer = await as(browser, 'officer')
  await officer.goto('/my/needs/new')
  await inTwo(officer, /^名称/).fill('先选地区')
  await officer.getByRole('combobox', { name: '地区' }).click()
  await officer.keyboard.type('石家庄')
  await officer.getByRole('listbox').getByText('石家庄').first().click()
  await saved(officer)
  await officer.locator('.el-select', { has: officer.getByRole('combobox', { name: '地区' }) }).hover()
  await officer.locator('.el-select__clear').click()
  const kept = officer.waitForResponse((answer) => answer.request().method() === 'PUT' && (answer.request().postData() ?? '').includes('地区不要了'))
  await inTwo(officer, /^名称/).fill('地区不要了')
  await kept
  await saved(officer)
  await officer.reload()
  await expect(inTwo(officer, /^名称/)).toHaveValue('地区不要了')
  expect(complaintsOf(officer)).toEqual([])
})

test('one’s own listings of another kind are found by no words of before', async ({ browser }) => {
  const officer = await as(browser, 'officer')
  await officer.goto('/my/listings?kind=achievement')
  const words = officer.getByRole('searchbox', { name: '按名称查找' })
  await words.fill('节水')
  await expect(officer).toHaveURL(/q=/)
  await officer.getByRole('link', { name: '需求', exact: true }).click()
  await expect(officer).not.toHaveURL(/q=/)
  await expect(words).toHaveValue('')
  await officer.goBack()
  await expect(words).toHaveValue('节水')
})

test('a telephone is as wide as before, whatever unbroken line stands in a form', async ({ browser }) => {
  const officer = await as(browser, 'officer')
  await officer.setViewportSize({ width: 360, height: 740 })
  await officer.goto('/my/needs/new')
  await inTwo(officer, /^名称/).fill('一行不断的字')
  await inTwo(officer, /^难题描述/).fill(`https://data.example/${'x'.repeat(500)}`)
  await expect.poll(() => officer.evaluate(() => document.documentElement.scrollWidth)).toBe(360)
})

/** The contract of the demo that is in force, which is the oldest, for who keeps its seller's books. */
async function contractInForce(finance: Page): Promise<string> {
  const { items } = (await (await finance.request.get('/api/v1/contracts')).json()) as { items: { id: string; state: string }[] }
  return `/contracts/${items.findLast(({ state }) => state === 'signed')?.id ?? 'none'}`
}

test('a form waits for a file that is on its way, which can be called back', async ({ browser }) => {
  const finance = await as(browser, 'finance')
  await finance.goto(await contractInForce(finance))
  await finance.getByRole('button', { name: '登记到账' }).click()
  let arrive = (): void => undefined
  const held = new Promise<void>((resolve) => (arrive = resolve))
  await finance.route('**/api/v1/files', async (route) => {
    if (route.request().method() === 'POST') await held
    await route.continue().catch(() => undefined) // it was called back
  })
  let recorded = 0
  await finance.route('**/receipts', (route) => {
    if (route.request().method() !== 'POST') return route.continue()
    recorded++
    return route.abort()
  })
  const form = finance.locator('form', { has: finance.getByLabel('银行流水号') })
  const slip = { name: '银行回单.pdf', mimeType: 'application/pdf', buffer: Buffer.from('%PDF-1.4\n%%EOF\n') }
  const progress = form.getByRole('progressbar', { name: '上传进度' })
  const early = form.getByRole('alert').filter({ hasText: '文件还在上传' })
  await form.getByLabel('银行流水号').fill('还没有传完')
  await form.getByLabel(/^含税/).fill('1000')
  await form.locator('input[type=file]').setInputFiles(slip)
  await expect(progress).toBeVisible()
  await form.getByRole('button', { name: '登记到账' }).click()
  await expect(early).toBeVisible()

  await finance.getByRole('link', { name: '工作台' }).click()
  await finance.getByRole('dialog', { name: '有内容尚未保存' }).getByRole('button', { name: '取消' }).click()
  await form.getByRole('button', { name: '取消上传' }).click()
  await expect(progress).toHaveCount(0)
  await expect(form.getByRole('alert')).toHaveCount(0)

  await form.locator('input[type=file]').setInputFiles(slip)
  await expect(progress).toBeVisible()
  await form.getByRole('button', { name: '登记到账' }).click()
  await expect(early).toBeVisible()
  arrive()
  await expect(form.getByRole('link', { name: '银行回单.pdf' })).toBeVisible()
  await expect(early).toHaveCount(0)
  expect(recorded).toBe(0)
  expect(complaintsOf(finance)).toEqual([])
})

test('a file that is too large is refused in a size that people read', async ({ browser }) => {
  const officer = await as(browser, 'officer')
  const large = test.info().outputPath('成果.csv')
  await writeFile(large, Buffer.alloc(21 << 20, 'a'))
  await officer.goto('/my/imports')
  await officer.locator('input[type=file]').setInputFiles(large)
  await expect(officer.getByRole('alert')).toContainText('上限为 20 MB')
})

test('what is done without a line says so, and is not done at some later time', async ({ browser }) => {
  const officer = await as(browser, 'officer')
  const { hits } = (await (await officer.request.get('/api/v1/search?kind=need&field=environment')).json()) as { hits: { id: string }[] }
  await officer.goto(`/needs/${hits[0]?.id ?? 'none'}`)
  const notes = officer.getByRole('region', { name: '本单位笔记' })
  await notes.getByRole('textbox').fill('断网时写下的话')
  let written = 0
  officer.on('request', (request) => (written += Number(request.method() === 'POST' && request.url().endsWith('/notes'))))
  await officer.context().setOffline(true)
  await notes.getByRole('button', { name: '保存笔记' }).click()
  await expect(notes.getByRole('alert')).toContainText('连不上服务器')
  const before = written
  await officer.context().setOffline(false)
  await expect(notes.getByRole('textbox')).toHaveValue('断网时写下的话')
  await notes.getByRole('button', { name: '保存笔记' }).click()
  await expect(notes.getByRole('listitem').filter({ hasText: '断网时写下的话' })).toHaveCount(1)
  expect(written).toBe(before + 1)
})

test('paper and forced colours keep what is drawn by its ground alone, and paper leaves out what is to be pressed', async ({ browser }) => {
  const finance = await as(browser, 'finance')
  await finance.goto(await contractInForce(finance))
  const bar = finance.locator('figure .piece').first()
  const ground = () => bar.evaluate((element) => getComputedStyle(element).backgroundColor)
  await expect(finance.getByRole('button', { name: '登记退款' }).first()).toBeVisible()
  const drawn = await ground()
  await finance.emulateMedia({ media: 'print' })
  await expect(bar).toHaveCSS('print-color-adjust', 'exact')
  await expect(finance.getByText('登记退款').first()).toBeHidden()
  await expect(finance.getByText(/· .+ · 打印于 \d{4}年/)).toBeVisible()
  await finance.emulateMedia({ media: 'screen', forcedColors: 'active' })
  expect(await ground()).toBe(drawn)
})

test('what is being written stays where it was written while one looks something up', async ({ browser }) => {
  const head = await as(browser, 'head')
  const { items } = (await (await head.request.get('/api/v1/deals')).json()) as { items: { id: string }[] }
  // The oldest, which is the demo's: no other test closes it.
  await head.goto(`/deals/${items.at(-1)?.id ?? 'none'}`)
  const words = head.getByPlaceholder('写给对方')
  await words.fill('请先看第三条')
  await head.getByRole('link', { name: '查看成果包' }).click()
  await expect(head).toHaveURL(/\/packages\//)
  await head.goBack()
  await expect(words).toHaveValue('请先看第三条')
  await words.fill('')

  const reviewer = await as(browser, 'reviewer')
  await reviewer.goto('/reviews')
  const queue = reviewer.getByRole('main').getByRole('listitem').getByRole('link')
  await queue.first().click()
  await reviewer.getByRole('button', { name: '退回修改' }).click()
  await reviewer.getByLabel('总体说明').fill('请补充测试条件')
  await reviewer.getByRole('link', { name: '工作台' }).click()
  await expect(reviewer).toHaveURL(/\/dashboard$/)
  await reviewer.goBack()
  await expect(reviewer.getByLabel('总体说明')).toHaveValue('请补充测试条件')

  const engineer = await as(browser, 'engineer')
  await engineer.goto('/organisations/new')
  await inTwo(engineer, /^单位名称/).fill('尚未登记的单位')
  await engineer.getByRole('link', { name: '工作台' }).click()
  const question = engineer.getByRole('dialog', { name: '有内容尚未保存' })
  await question.getByRole('button', { name: '取消' }).click()
  await expect(inTwo(engineer, /^单位名称/)).toHaveValue('尚未登记的单位')
  expect([head, reviewer, engineer].map(complaintsOf)).toEqual([[], [], []])
})

test('on the widest screen bands reach both edges, and the bridge is whole', async ({ page }) => {
  await page.setViewportSize({ width: 1920, height: 900 })
  await page.goto('/')
  const band = page.getByRole('main').locator('section').first()
  await expect.poll(async () => (await band.boundingBox())?.width).toBe(1920)
  const bridge = await band.locator('svg').last().boundingBox()
  const lamp = await band.locator('svg circle').last().boundingBox()
  expect(lamp?.y).toBeGreaterThanOrEqual(bridge?.y ?? Infinity)
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(1920)
  await page.goto('/search?q=节水')
  await expect.poll(async () => (await band.boundingBox())?.width).toBe(1920)
})

test('on a telephone the amounts of a receipt are read without moving the table', async ({ browser }) => {
  const finance = await as(browser, 'finance')
  await finance.setViewportSize({ width: 360, height: 740 })
  await finance.goto(await contractInForce(finance))
  const table = finance.getByRole('table', { name: '到账与退款' })
  for (const cell of await table.getByRole('row').nth(1).getByRole('cell').all()) {
    const box = await cell.boundingBox()
    expect((box?.x ?? Infinity) + (box?.width ?? 0)).toBeLessThanOrEqual(360)
  }
  await expect(table.getByRole('cell', { name: /^¥/ })).not.toHaveCount(0)
  expect(await barriers(finance)).toEqual([])
})
