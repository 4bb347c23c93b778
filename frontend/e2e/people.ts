import { readFile, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test as base, type Browser, type Locator, type Page } from '@playwright/test'

/** Opens every account of the demo. */
export const demoPassword = 'chengqiao-demo-2026'

/** The persons of the demo that the tests act as. */
export const people = {
  reviewer: 'reviewer@demo.example',
  verifier: 'verifier@demo.example',
  operator: 'operator@demo.example',
  officer: 'officer@demo.example',
  duneOfficer: 'officer.dune@demo.example',
  uniOfficer: 'officer.uni@demo.example',
  head: 'head@demo.example',
  finance: 'finance@demo.example',
  inventor: 'inventor@demo.example',
  inventor2: 'inventor2@demo.example',
  engineer: 'engineer@demo.example',
  manager: 'manager@demo.example',
  sunvoltManager: 'manager.sunvolt@demo.example',
  waterManager: 'manager.water@demo.example',
  machineManager: 'manager.machine@demo.example',
  broker: 'broker@demo.example',
  registrar: 'registrar@demo.example',
  analyst: 'analyst@demo.example',
} as const

export type Person = keyof typeof people

/** A page in which a person is signed in, in a browser profile of its own. */
export async function as(browser: Browser, person: Person, options: { locale?: string } = {}): Promise<Page> {
  const context = await browser.newContext({ locale: options.locale ?? 'zh-CN' })
  const answer = await context.request.post('/api/v1/session', { data: { identifier: people[person], password: demoPassword } })
  expect(answer.ok(), `${person} signs in: ${answer.status()}`).toBe(true)
  return watched(await context.newPage())
}

/** Every page is watched: what the browser complains of fails the test. */
const complaints = new WeakMap<Page, string[]>()

export function watched(page: Page): Page {
  const found: string[] = []
  complaints.set(page, found)
  page.on('pageerror', (error) => found.push(error.message))
  page.on('console', (message) => {
    // Refused requests are answers that pages handle; the browser logs them all the same.
    if (message.type() === 'error' && !message.text().startsWith('Failed to load resource')) found.push(message.text())
  })
  return page
}

/** Loads the page until what the program does in the background has reached it. */
export async function comesUp(load: () => Promise<unknown>, there: (options: { timeout: number }) => Promise<void>): Promise<void> {
  await expect(async () => {
    await load()
    await there({ timeout: 15_000 })
  }).toPass({ timeout: 180_000 })
}

/**
 * Chooses an achievement that is found by typing, and looks whether it was: the list is drawn anew when the
 * answer comes, and a press that meets it then chooses nothing.
 */
export async function chooseAchievement(page: Page, picker: Locator, words: string, name: string | RegExp): Promise<void> {
  // What is chosen stands there alone; what is typed stands in the field beside it too.
  const chosen = picker.locator('xpath=ancestor::*[contains(concat(" ", @class, " "), " el-select ")][1]').locator('.el-select__placeholder')
  await expect(async () => {
    await picker.click()
    await picker.fill(words)
    await page.getByRole('option', { name }).first().click()
    await expect(chosen).toContainText(name, { timeout: 2_000 })
  }).toPass({ timeout: 60_000 })
}

export function complaintsOf(page: Page): string[] {
  return complaints.get(page) ?? []
}

export const test = base.extend<{ over: undefined }>({
  // A page that is left open goes on asking for news, and slows every test after it.
  over: [
    async ({ browser }, use) => {
      await use(undefined)
      await Promise.all(browser.contexts().map((context) => context.close()))
    },
    { auto: true },
  ],
  page: async ({ page }, use) => {
    await use(watched(page))
    expect(complaintsOf(page)).toEqual([])
  },
})

/** The link in the newest letter to an address; letters are files in the data folder. */
export async function linkInLetterTo(email: string, path: string): Promise<string> {
  const folder = join(process.env.CHENGQIAO_E2E_DATA ?? '', 'mail')
  const pattern = new RegExp(`${path.replaceAll('/', '\\/')}\\?token=[A-Za-z0-9._~-]+`)
  let link = ''
  await expect
    .poll(
      async () => {
        const names = (await readdir(folder, { recursive: true }).catch(() => [])).filter((name) => name.endsWith('.eml')).sort().reverse()
        for (const name of names) {
          const letter = unfold(await readFile(join(folder, name), 'utf8'))
          if (!letter.includes(email)) continue
          link = pattern.exec(letter)?.[0] ?? ''
          if (link) return link
        }
        return ''
      },
      { message: `a letter to ${email} with a link to ${path}` },
    )
    .not.toBe('')
  return link
}

/** Opens every account that the tests register. */
export const newcomerPassword = 'slow-desert-wind-41'

/** A new account, proven by the link in its letter, signed in; nobody else acts as it. */
export async function newcomer(page: Page, email: string, person: string): Promise<void> {
  const consents = ['terms', 'privacy'].map((purpose) => ({ purpose, version: '2026-11', given: true }))
  const registered = await page.request.post('/api/v1/accounts', { data: { email, password: newcomerPassword, name: person, locale: 'zh-CN', consents } })
  expect(registered.ok(), await registered.text()).toBe(true)
  await page.goto(await linkInLetterTo(email, '/verify-email'))
  await page.getByLabel('注册时设置的密码').fill(newcomerPassword)
  await page.getByRole('button', { name: '完成注册' }).click()
  await expect(page.getByRole('heading', { name: '邮箱已验证' })).toBeVisible()
  const signedIn = await page.request.post('/api/v1/session', { data: { identifier: email, password: newcomerPassword } })
  expect(signedIn.ok()).toBe(true)
}

/** A letter's text without its transfer encoding: quoted-printable and base64 parts are read. */
function unfold(letter: string): string {
  const plain = letter.replace(/=\r?\n/g, '').replace(/=3D/gi, '=')
  const blocks = [...letter.matchAll(/base64\r?\n(?:[\w-]+:.*\r?\n)*\r?\n([A-Za-z0-9+/=\r\n]+)/g)].map((match) =>
    Buffer.from(match[1]?.replace(/\s/g, '') ?? '', 'base64').toString('utf8'),
  )
  return [plain, ...blocks].join('\n')
}
