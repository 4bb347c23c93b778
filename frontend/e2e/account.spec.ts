import { expect } from '@playwright/test'
import { as, demoPassword, linkInLetterTo, newcomer, newcomerPassword, people, test, watched } from './people'

test('a person registers, verifies the address, signs in, takes the data along and has it erased', async ({ page }) => {
  const email = 'newcomer@mail.example'
  const password = 'quiet-river-7314'
  await page.goto('/my/searches')
  // That of the page, which knows where one wanted to go; the frame has one too.
  await page.getByRole('main').getByRole('link', { name: '注册', exact: true }).click()
  await expect(page).toHaveURL(/\/register\?next=/)
  await page.getByRole('button', { name: '注册', exact: true }).click()
  await expect(page.getByRole('alert')).toContainText('有问题需要处理')
  await expect(page.getByRole('alert').getByRole('button', { name: '我已阅读并同意服务条款与隐私政策：必填。' })).toBeVisible()
  await page.getByLabel('姓名').fill('李新来')
  await page.getByLabel('电子邮箱').fill('newcomer@mial.example')
  await page.getByLabel('密码').fill(password)
  for (const paper of ['服务条款', '隐私政策']) {
    const opened = page.waitForEvent('popup') // what is written in the form stays
    await page.getByRole('main').getByRole('link', { name: paper }).click()
    const text = await opened
    await expect(text.getByRole('heading', { level: 1 })).toHaveText(paper)
    await text.close()
  }
  await page.getByLabel(/我已阅读并同意/).check()
  await page.getByRole('button', { name: '注册', exact: true }).click()
  await expect(page.getByText('请查收邮件')).toBeVisible()
  // The address was misspelt: no letter will come to it.
  await page.getByRole('button', { name: '改正邮箱或再发一次' }).click()
  await page.getByLabel('电子邮箱').fill(email)
  await page.getByRole('button', { name: '注册', exact: true }).click()
  await expect(page.getByText(`我们已向 ${email} 发送邮件`)).toBeVisible()

  const letter = await linkInLetterTo(email, '/verify-email')
  await page.goto(letter)
  // The letter could be about a registration that somebody else made: its password is asked for.
  await page.getByLabel('注册时设置的密码').fill('not-the-password')
  await page.getByRole('button', { name: '完成注册' }).click()
  await expect(page.getByRole('alert')).toContainText('不是该次注册所设的密码')
  await page.getByLabel('注册时设置的密码').fill(password)
  await page.getByRole('button', { name: '完成注册' }).click()
  await expect(page.getByRole('heading', { name: '邮箱已验证' })).toBeVisible()
  await page.getByRole('main').getByRole('link', { name: '登录' }).click()
  await expect(page).toHaveURL(/\/sign-in\?next=/)
  const after = page.url()

  // The letter's link is often followed again: it does not say that all was for nothing.
  await page.goto(letter)
  await page.getByLabel('注册时设置的密码').fill(password)
  await page.getByRole('button', { name: '完成注册' }).click()
  await expect(page.getByRole('alert')).toContainText('链接已失效')
  await expect(page.getByRole('main').getByText('已经完成注册？').getByRole('link', { name: '登录' })).toBeVisible()
  await page.goto(after)
  await page.getByLabel('电子邮箱').fill(email)
  await page.getByLabel('密码').fill('not-the-password')
  await page.getByRole('main').getByRole('button', { name: '登录' }).click()
  await expect(page.getByRole('alert')).toBeVisible()
  await page.getByLabel('密码').fill(password)
  await page.getByRole('main').getByRole('button', { name: '登录' }).click()
  await expect(page).toHaveURL(/^[^?]+\/my\/searches$/)
  await page.goto('/dashboard')
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('李新来，您好')

  await page.goto('/profile')
  await expect(page.getByText('当前设备')).toBeVisible()
  const download = page.waitForEvent('download')
  await page.getByRole('button', { name: '导出我的数据' }).click()
  expect((await download).suggestedFilename()).toBe('chengqiao-personal-data.json')

  await page.getByRole('button', { name: '删除我的账户' }).click()
  await page.getByLabel('输入密码以确认删除').fill(password)
  await page.getByRole('button', { name: '永久删除' }).click()
  await expect(page.getByText('您的个人数据已删除')).toBeVisible()
  await page.goto('/dashboard')
  await expect(page).toHaveURL(/\/sign-in/)
})

test('the link of a letter ends letters of its kind alone, and the account takes them again', async ({ page }) => {
  const email = 'head.uni@demo.example'
  await page.goto(await linkInLetterTo(email, '/unsubscribe'))
  await page.getByRole('button', { name: '停止邮件' }).click()
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('“发布与审核”邮件已停止')
  const signedIn = await page.request.post('/api/v1/session', { data: { identifier: email, password: demoPassword } })
  expect(signedIn.ok()).toBe(true)
  await page.reload()
  await page.goto('/profile')
  const letters = page.getByRole('region', { name: '邮件通知' })
  const ended = letters.getByRole('checkbox', { name: '发布与审核' })
  await expect(ended).not.toBeChecked()
  await expect(letters.getByRole('checkbox', { checked: true })).toHaveCount(6)
  await ended.check()
  await expect(ended).toBeEnabled()
  await page.reload()
  await expect(letters.getByRole('checkbox', { checked: true })).toHaveCount(7)
})

test('a page that wants a sign-in comes back after it', async ({ page }) => {
  await page.goto('/my/listings?kind=package')
  await expect(page).toHaveURL(/\/sign-in\?next=/)
  await expect(page.getByText('登录后回到刚才的页面。')).toBeVisible()
  await page.getByLabel('电子邮箱').fill('officer@demo.example')
  await page.getByLabel('密码').fill('chengqiao-demo-2026')
  await page.getByRole('main').getByRole('button', { name: '登录' }).click()
  await expect(page).toHaveURL(/\/my\/listings\?kind=package/)
})

test('ending another device’s session signs it out', async ({ browser }) => {
  const email = 'many.devices@mail.example'
  const here = watched(await (await browser.newContext()).newPage())
  await newcomer(here, email, '何多端')
  const there = watched(await (await browser.newContext()).newPage())
  const signedIn = await there.request.post('/api/v1/session', { data: { identifier: email, password: newcomerPassword } })
  expect(signedIn.ok()).toBe(true)
  await there.goto('/dashboard')
  await expect(there.getByRole('heading', { level: 1 })).toContainText('您好')
  await here.goto('/profile')
  const others = here.getByRole('button', { name: '退出该设备' })
  await others.click()
  await expect(others).toHaveCount(0)
  await there.goto('/profile')
  await expect(there).toHaveURL(/\/sign-in/)
})

test('who is signed in no longer is told so, loses nothing written, and comes back to the page', async ({ browser }) => {
  const page = await as(browser, 'broker')
  await page.goto('/desk/needs?sort=oldest')
  await page.getByRole('button', { name: '推荐对接' }).first().click()
  const dialog = page.getByRole('dialog', { name: '向双方推荐对接' })
  await dialog.getByRole('radio').first().check()
  const note = dialog.getByRole('group', { name: /推荐理由/ }).getByLabel('中文')
  await note.fill('双方都在北疆')
  await page.context().clearCookies()
  await dialog.getByRole('button', { name: '推荐', exact: true }).click()
  await expect(dialog.getByRole('alert')).toContainText('登录已失效')
  await expect(note).toHaveValue('双方都在北疆')
  await expect(dialog.getByRole('link', { name: '登录' })).toHaveAttribute('target', '_blank')
  await dialog.getByRole('button', { name: '取消' }).click()

  await page.getByRole('link', { name: /无人处理的匹配/ }).click()
  await page.getByRole('main').getByRole('link', { name: '登录' }).click()
  await page.getByLabel('电子邮箱').fill(people.broker)
  await page.getByLabel('密码').fill(demoPassword)
  await page.getByRole('main').getByRole('button', { name: '登录' }).click()
  await expect(page).toHaveURL(/\/desk\/matches$/)
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('撮合工作台')
})

test('a notice is read once it is opened, in a tab of its own too', async ({ browser }) => {
  const page = await as(browser, 'sunvoltManager')
  await page.goto('/notices')
  // By its own address: more notices may come in at any time.
  const unread = page.getByRole('main').getByRole('listitem').filter({ hasText: '未读' })
  const notice = page.locator(`[id="${(await unread.first().getAttribute('id')) ?? ''}"]`)
  const opened = page.context().waitForEvent('page')
  await notice.getByRole('link').click({ button: 'middle' })
  await (await opened).close()
  await expect(notice).not.toContainText('未读')
  await page.reload()
  await expect(notice).toBeVisible()
  await expect(notice).not.toContainText('未读')
})
