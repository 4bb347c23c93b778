import { expect } from '@playwright/test'
import { barriers } from './accessibility'
import { as, test } from './people'

test('a visitor searches while typing, narrows, goes back, and shares the address', async ({ page }) => {
  await page.goto('/')
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('架一座桥，让成果过河')
  const box = page.getByRole('combobox', { name: '搜索成果、成果包与技术需求' })
  await box.fill('电池')
  await expect(page).toHaveURL(/\/search\?q=/)
  await expect(box).toBeFocused()
  await expect(page.locator('article mark').first()).toHaveText(/电池/)

  await box.press('Escape') // the completions lie over the filters until they are closed
  await page.getByRole('group', { name: '技术领域' }).getByRole('checkbox', { name: /新能源/ }).check()
  await expect(page).toHaveURL(/field=new_energy/)
  await expect(page.getByRole('button', { name: /移除条件：新能源/ })).toBeVisible()
  await page.reload()
  await expect(box).toHaveValue('电池')
  await expect(page.getByRole('button', { name: /移除条件：新能源/ })).toBeVisible()

  await page.getByRole('button', { name: /移除条件：新能源/ }).press('Enter')
  await expect(page.getByRole('status').filter({ hasText: '条结果' })).toBeFocused() // the chip is gone
  await page.goBack()
  await page.goBack()
  await expect(page.getByRole('button', { name: /移除条件：新能源/ })).toHaveCount(0)
  await expect(page).toHaveURL((url) => url.searchParams.get('q') === '电池' && !url.searchParams.has('field'))
  await expect(page.locator('article mark').first()).toHaveText(/电池/)
})

test('Back finds the search before, however it was typed', async ({ page }) => {
  await page.goto('/')
  const box = page.getByRole('combobox', { name: '搜索成果、成果包与技术需求' })
  const asked = (words: string) => expect(page).toHaveURL((url) => url.searchParams.get('q') === words)
  await box.pressSequentially('电池', { delay: 250 }) // each letter is searched for
  await asked('电池')
  await box.fill('玉米')
  await asked('玉米')
  await box.press('Enter')
  await box.pressSequentially('品种', { delay: 250 })
  await asked('玉米品种')

  await page.goBack()
  await asked('玉米')
  await expect(box).toHaveValue('玉米')
  await page.goBack()
  await asked('电池')
  await page.goBack()
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('架一座桥，让成果过河')
})

test('a found listing opens with its proofs, and the server has written it for readers without script', async ({ page, request }) => {
  await page.goto('/search?q=玉米&kind=achievement')
  await page.locator('article h2 a').first().click()
  await expect(page).toHaveURL(/\/achievements\//)
  await expect(page.getByRole('heading', { level: 1 })).toContainText('玉米')
  await expect(page.getByRole('heading', { name: '性能指标' })).toBeVisible()
  await expect(page.getByText('第三方').first()).toBeVisible()

  const document = await (await request.get(new URL(page.url()).pathname)).text()
  expect(document).toMatch(/<h1[^>]*>[^<]*玉米/)
  expect(document).toContain('application/ld+json')
})

test('a visitor learns the operators by examples, and is told what could not be read', async ({ page }) => {
  await page.goto('/search')
  await page.getByText('搜索技巧').click()
  await page.getByRole('link', { name: '标题:电池' }).click()
  await expect(page).toHaveURL(/q=/)
  await expect(page.getByRole('combobox', { name: '搜索成果、成果包与技术需求' })).toHaveValue('标题:电池')
  await expect(page.locator('article h2 mark').first()).toHaveText('电池')

  await page.goto('/search?q=' + encodeURIComponent('电池 trl:high'))
  await expect(page.getByText('没有看懂')).toBeVisible()
  await expect(page.getByText('trl:high', { exact: true })).toBeVisible()
  await expect(page.getByText('没有用来限定结果')).toBeVisible()
  await expect(page.locator('article mark').first()).toHaveText(/电池/)
})

test('typing is completed, and the keyboard walks through the completions', async ({ page }) => {
  await page.goto('/')
  const box = page.getByRole('combobox', { name: '搜索成果、成果包与技术需求' })
  await expect(box).toBeVisible() // nobody listens to keys before the page stands
  await page.keyboard.press('/')
  await expect(box).toBeFocused()
  await box.pressSequentially('电池')
  const list = page.getByRole('listbox', { name: '搜索建议' })
  await expect(list.getByRole('option').first()).toBeVisible()
  await expect(box).toHaveAttribute('aria-expanded', 'true')

  await page.keyboard.press('ArrowDown')
  const first = list.getByRole('option').first()
  await expect(first).toHaveAttribute('aria-selected', 'true')
  await expect(box).toHaveAttribute('aria-activedescendant', (await first.getAttribute('id')) ?? '')
  await page.keyboard.press('ArrowUp')
  await expect(first).toHaveAttribute('aria-selected', 'false')
  await page.keyboard.press('Escape')
  await expect(list).toBeHidden()
  await expect(box).toHaveValue('电池')

  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('ArrowDown')
  const listing = list.getByRole('group', { name: '成果与需求' }).getByRole('option').first()
  for (let step = 0; step < 10 && (await listing.getAttribute('aria-selected')) !== 'true'; step++) await page.keyboard.press('ArrowDown')
  await page.keyboard.press('Enter')
  await expect(page).toHaveURL(/\/(achievements|packages|needs)\//)
})

test('pinyin completes to Chinese, and what was searched for is remembered here until it is cleared', async ({ page }) => {
  await page.goto('/search')
  const box = page.getByRole('combobox', { name: '搜索成果、成果包与技术需求' })
  await box.pressSequentially('dianchi')
  await page.getByRole('listbox').getByRole('group', { name: '关键词' }).getByRole('option', { name: /电池/ }).first().click()
  await expect(box).toHaveValue(/电池/)
  await expect(page).toHaveURL(/q=[^&]*%E7%94%B5%E6%B1%A0/)

  await box.fill('')
  await box.click()
  const recent = page.getByRole('group', { name: '最近搜索' })
  await expect(recent.getByRole('option', { name: /电池/ })).toBeVisible()
  await page.getByRole('button', { name: '清除最近搜索' }).click()
  await expect(recent).toHaveCount(0)
})

test('a region is suggested while its name is typed, and becomes a filter', async ({ page }) => {
  await page.goto('/search')
  const box = page.getByRole('combobox', { name: '搜索成果、成果包与技术需求' })
  for (const typed of ['乌鲁', 'wulumu']) {
    await box.fill(typed)
    await page.getByRole('listbox').getByRole('group', { name: '地区' }).getByRole('option', { name: /乌鲁木齐市/ }).click()
    await expect(page).toHaveURL(/\/search\?region=650100$/)
    await expect(box).toHaveValue('')
    await expect(page.getByRole('button', { name: '移除条件：乌鲁木齐市' })).toBeVisible()
  }
})

test('the kinds of what was found stand in one line on the narrowest telephone', async ({ browser }) => {
  const context = await browser.newContext({ locale: 'en', viewport: { width: 360, height: 740 } })
  const page = await context.newPage()
  await page.goto('/search')
  const kinds = page.getByRole('group', { name: 'Type' }).getByRole('button')
  await expect(kinds).toHaveCount(4)
  const tops = await kinds.evaluateAll((each) => each.map((kind) => kind.getBoundingClientRect().top))
  expect(new Set(tops).size).toBe(1)
})

test('nothing is asked or sent while characters are being composed', async ({ page }) => {
  await page.goto('/search')
  const box = page.getByRole('combobox', { name: '搜索成果、成果包与技术需求' })
  await expect(page.locator('article').first()).toBeVisible() // the page's own first question has been answered
  const asked: string[] = []
  page.on('request', (request) => {
    if (/\/api\/v1\/(search|suggestions)\?/.test(request.url())) asked.push(new URL(request.url()).searchParams.get('q') ?? '')
  })
  await box.focus()
  const keyboard = await page.context().newCDPSession(page)
  await keyboard.send('Input.imeSetComposition', { text: 'dian', selectionStart: 4, selectionEnd: 4 })
  await page.waitForTimeout(500) // longer than every pause
  expect(asked).toEqual([])
  await keyboard.send('Input.insertText', { text: '电池' })
  await expect(page.getByRole('listbox').getByRole('option').first()).toBeVisible()
  expect(asked).toContain('电池')
  expect(asked.some((words) => words.includes('dian'))).toBe(false)
})

test('a misspelled word and pinyin are put into words that exist', async ({ page }) => {
  await page.goto('/search?q=dianchi')
  const meant = page.getByText('您是不是要找：').getByRole('link', { name: '电池' })
  await expect(meant).toBeVisible()
  await meant.click()
  await expect(page).toHaveURL(/q=%E7%94%B5%E6%B1%A0/)
  await expect(page.getByText('您是不是要找：')).toHaveCount(0)
  await page.goto('/search?q=%E7%94%B5%E8%BF%9F') // 电迟
  const instead = page.getByRole('link', { name: /您是不是要找：电池\s*共 \d+ 条结果/ })
  await instead.click()
  await expect(page).toHaveURL(/q=%E7%94%B5%E6%B1%A0/)
  await expect(page.getByRole('status').filter({ hasText: /共 [1-9]\d* 条结果/ })).toBeVisible()
})

test('a region among the words leads to what the others find there', async ({ page }) => {
  await page.goto('/search?q=' + encodeURIComponent('克拉玛依的电池'))
  const there = page.getByRole('link', { name: '克拉玛依市的“电池”' })
  await expect(there).toBeVisible()
  expect(await barriers(page)).toEqual([])
  await there.click()
  await expect(page).toHaveURL(/region=650200/)
  await expect(page.getByRole('combobox', { name: '搜索成果、成果包与技术需求' })).toHaveValue('电池')
  await expect(page.locator('article mark').first()).toHaveText(/电池/)
  await expect(there).toHaveCount(0)
})

test('of words that nothing has together, what has one of them is shown', async ({ page }) => {
  await page.goto('/search?q=' + encodeURIComponent('量子纠缠态 电池'))
  await expect(page.getByText('没有同时包含所有词的内容，以下包含其中一部分。')).toBeVisible()
  await expect(page.locator('article mark').first()).toHaveText(/电池/)
})

test('a phrase that is in the way is offered to be left out', async ({ page }) => {
  await page.goto('/search?q=' + encodeURIComponent('"量子纠缠态" 电池'))
  const fewer = page.getByRole('region', { name: '少用几个词' }).getByRole('link')
  await expect(fewer).toContainText('去掉')
  await expect(fewer).toContainText('量子纠缠态')
  expect(await barriers(page)).toEqual([])
  await fewer.click()
  await expect(page.locator('article mark').first()).toHaveText(/电池/)
})

test('a visitor who sorts by price is told that prices are for members, and a member has them in order', async ({ page, browser }) => {
  const path = '/search?sort=price_asc&kind=package'
  await page.goto(path)
  await expect(page.getByText('无法按价格排序')).toBeVisible()
  expect(await barriers(page)).toEqual([])
  await expect(page.getByRole('link', { name: '登录后查看价格' })).toHaveAttribute('href', /next=/)

  const member = await as(browser, 'engineer')
  await member.goto(path)
  await expect(member.locator('article').first()).toContainText('万元')
  await expect(member.getByText('无法按价格排序')).toHaveCount(0)
})

test('a facet is counted when it is opened, and stays open with its choice while another is searched for', async ({ page }) => {
  const asked: URLSearchParams[] = []
  page.on('request', (request) => {
    const parameters = new URL(request.url()).searchParams
    if (request.url().includes('/api/v1/search?') && !parameters.has('alike')) asked.push(parameters)
  })
  await page.goto('/search?q=' + encodeURIComponent('电池'))
  const box = page.getByRole('combobox', { name: '搜索成果、成果包与技术需求' })
  await expect(page.getByRole('group', { name: '技术领域' }).getByRole('checkbox').first()).toBeVisible()
  expect(asked.map((each) => each.getAll('facets'))).toEqual([['kind', 'field', 'industry', 'region']])
  const folded = page.locator('summary', { hasText: '合作方式' })
  await folded.click()
  const choice = page.getByRole('group', { name: '合作方式' }).getByRole('checkbox').first()
  await expect(choice).toBeVisible()
  expect(asked.at(-1)?.get('facet')).toBe('cooperation')
  expect(asked).toHaveLength(2)
  await choice.check()
  await expect(page.getByRole('button', { name: /移除条件/ })).toBeVisible()
  await folded.click()
  await expect(folded).toContainText('1')
  await box.fill('低温电池')
  await expect(page).toHaveURL(/q=%E4%BD%8E/)
  await expect(page.getByRole('button', { name: /移除条件/ })).toBeVisible()
  await expect(folded).toContainText('1')
})

test('on a phone the filters begin folded', async ({ page }) => {
  await page.setViewportSize({ width: 390, height: 844 })
  await page.goto('/search?field=agriculture')
  await page.getByRole('button', { name: '筛选（1）' }).click()
  await expect(page.locator('summary', { hasText: '技术领域' })).toContainText('1')
  await expect(page.getByRole('checkbox')).toHaveCount(1) // public benefit
  await page.locator('summary', { hasText: '技术领域' }).click()
  await expect(page.getByRole('group', { name: '技术领域' }).getByRole('checkbox', { checked: true })).toHaveCount(1)
  await page.getByRole('button', { name: /^查看 \d+ 条结果$/ }).click()
  await expect(page.getByRole('status').filter({ hasText: /^共 \d+ 条结果$/ })).toBeFocused()
})

test('a search that is too long to be kept shows what is kept of it', async ({ browser }) => {
  const page = await as(browser, 'engineer')
  await page.goto('/search?q=' + encodeURIComponent('低温电池' + '电池'.repeat(300)))
  await page.getByRole('button', { name: '保存此搜索' }).first().click()
  const words = page.getByRole('textbox', { name: '搜索内容' })
  await expect(words).toHaveValue(/^低温电池(电池){248}$/)
  await expect(words).toBeFocused()
  expect(await barriers(page)).toEqual([])
  await words.fill('电'.repeat(501))
  const save = page.getByRole('button', { name: '保存此搜索' }).last()
  await save.click()
  await expect(page.getByRole('alert')).toContainText('搜索内容：最多 500 个字符')
  await words.fill('低温电池')
  await save.click()
  await expect(page.getByText('搜索已保存')).toBeVisible()
  await page.goto('/my/searches')
  await expect(page.getByRole('article').filter({ hasText: '低温电池' })).toBeVisible()

  await page.goto('/search?q=' + encodeURIComponent('低温电池'))
  await page.getByRole('button', { name: '保存此搜索' }).first().click()
  await expect(page.getByText('同样的搜索已经保存过')).toBeVisible()
  await expect(page.getByRole('textbox', { name: '名称' })).toBeFocused()
  await page.getByRole('button', { name: '取消' }).click()
  await expect(page.getByRole('button', { name: '保存此搜索' })).toBeFocused()
})

test('a facet is searched by name and pinyin, and a province unfolds into its cities', async ({ page }) => {
  await page.goto('/search')
  const region = page.getByRole('group', { name: '地区', exact: true })
  await page.locator('summary', { hasText: '地区' }).click({ trial: true })
  const unfold = region.getByRole('button', { name: /的下级/ }).first()
  await unfold.click()
  await expect(unfold).toHaveAttribute('aria-expanded', 'true')
  await region.getByRole('group').getByRole('checkbox').first().check()
  await expect(page).toHaveURL(/region=\d{6}/)
})

test('what finds nothing says which filter to drop, what comes near, and what to do instead', async ({ page }) => {
  await page.goto('/search?q=zzqxjkvw')
  await expect(page.getByText('没有找到“zzqxjkvw”')).toBeVisible()
  const need = page.getByRole('link', { name: '发布技术需求' }).last()
  await expect(need).toHaveAttribute('href', /title=zzqxjkvw/)

  await page.goto('/search?q=' + 'zzqxjkvw'.repeat(1000))
  await expect(page.getByText(/没有找到“(zzqxjkvw)+zzq…”/)).toBeVisible()

  await page.goto('/search?q=%E7%94%B5%E6%B1%A0&page=40')
  await expect(page.getByText('没有第 40 页')).toBeVisible()
  await page.getByRole('link', { name: '到最后一页' }).click()
  await expect(page.locator('article').first()).toBeVisible()

  await page.goto('/search?q=%E7%94%B5%E6%B1%A0&year=1950')
  const drop = page.getByRole('button', { name: /不限年份/ })
  await expect(drop).toContainText('条结果')
  await drop.click()
  await expect(page).not.toHaveURL(/year=/)
  await expect(page.locator('article').first()).toBeVisible()
})

test('what is described is found in other words, and can be posted as a need that is read for all it says', async ({ browser }) => {
  const engineer = await as(browser, 'engineer')
  await engineer.goto('/search?q=' + encodeURIComponent('冬天户外零下三十度用的蓄电装置，要求容量保持率不低于80%，需要电芯和电解液方案'))
  await expect(engineer.getByText('您输入的是一段描述')).toBeVisible()
  await expect(engineer.locator('article').first()).toContainText('电池')
  await engineer.getByRole('link', { name: /发布为技术需求/ }).click()
  const reader = engineer.getByRole('region', { name: '已有写好的需求？' })
  await expect(reader.getByText(/读到 \d+ 项/)).toBeVisible()
  await reader.getByRole('button', { name: /填入所选/ }).click()
  await expect(engineer.getByRole('textbox', { name: /^数值/ }).first()).toHaveValue('80')
})

test('where few are found, others on the same subject stand below', async ({ page }) => {
  await page.goto('/search?q=灌水')
  const others = page.getByRole('region', { name: '主题相近' })
  await expect(others.getByRole('heading', { level: 3, name: /节水栽培/ })).toBeVisible()
  await expect(page.getByRole('status').filter({ hasText: '条结果' })).toHaveText('共 1 条结果')
  await others.getByRole('link', { name: /节水栽培/ }).click()
  await expect(page).toHaveURL(/\/packages\//)
  await page.goto('/search?q=电池')
  await expect(page.getByRole('status').filter({ hasText: '条结果' })).not.toHaveText('共 0 条结果')
  expect(await barriers(page)).toEqual([])
})

test('what cannot be answered now says so on the home page and in search, and is asked again', async ({ page }) => {
  const answer = '**/api/v1/search?*'
  await page.route(answer, (route) => route.fulfill({ status: 503, contentType: 'application/problem+json', json: { code: 'unavailable', status: 503 } }))
  for (const path of ['/', '/search?q=%E7%8E%89%E7%B1%B3']) {
    await page.goto(path)
    await expect(page.getByRole('alert')).toContainText('服务暂时不可用')
    await expect(page.getByText('正在搜索')).toHaveCount(0)
  }
  await page.unroute(answer)
  await page.getByRole('button', { name: '重试' }).click()
  await expect(page.locator('article').first()).toBeVisible()
})

test('a link out of a letter that was cut leads to where letters are ended by hand', async ({ page }) => {
  await page.goto('/unsubscribe')
  await expect(page.getByRole('alert')).toContainText('链接不完整')
  await page.goto('/unsubscribe?token=cut')
  await page.getByRole('button', { name: '停止邮件' }).click()
  await expect(page.getByRole('alert')).toContainText('链接不完整')
  await expect(page.getByRole('link', { name: '保存的搜索' })).toHaveAttribute('href', '/my/searches')
  await expect(page.getByRole('link', { name: '邮件通知' })).toHaveAttribute('href', '/profile#letters')
})

test('the page is English for those who choose it, and stays so', async ({ page }) => {
  await page.goto('/search?q=玉米&field=agriculture')
  await page.getByRole('button', { name: '语言与外观' }).click()
  await page.getByRole('button', { name: 'English' }).click()
  await expect(page.getByRole('button', { name: 'Remove filter: Agriculture' })).toBeVisible()
  await expect(page).toHaveTitle('玉米 · Search · Chengqiao')
  await page.getByRole('button', { name: '简体中文' }).click()
  await expect(page).toHaveTitle('玉米 · 搜索 · 成桥')
  await page.goto('/')
  await page.getByRole('button', { name: '语言与外观' }).click()
  await page.getByRole('button', { name: 'English' }).click()
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('A bridge from research to use')
  await page.reload()
  await expect(page.locator('html')).toHaveAttribute('lang', 'en')
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('A bridge from research to use')
})

test('the dark theme stays over a reload without a flash of the light one', async ({ page }) => {
  await page.goto('/')
  await page.getByRole('button', { name: '语言与外观' }).click()
  await page.getByRole('button', { name: '深色' }).click()
  await page.reload({ waitUntil: 'commit' })
  await expect(page.locator('html')).toHaveAttribute('data-theme', 'dark')
})

test('suggestions lie over the results, with nothing of these shining through', async ({ page }) => {
  await page.goto('/search?q=水')
  await expect(page.getByRole('article').first()).toBeVisible()
  await page.getByRole('combobox', { name: '搜索成果、成果包与技术需求' }).fill('dian')
  const list = page.getByRole('listbox')
  await expect(list.getByRole('option').nth(3)).toBeVisible()
  await expect(page.getByRole('article').first()).toBeVisible()
  const through = await list.evaluate((element) => {
    const box = element.getBoundingClientRect()
    const toggles = [...document.querySelectorAll('article button')].map((button) => button.getBoundingClientRect())
    const under = toggles.filter((each) => each.top > box.top && each.bottom < box.bottom)
    return { under: under.length, above: under.filter((each) => !element.contains(document.elementFromPoint(each.x + each.width / 2, each.y + each.height / 2))).length }
  })
  expect(through.under).toBeGreaterThan(0)
  expect(through.above).toBe(0)
})
