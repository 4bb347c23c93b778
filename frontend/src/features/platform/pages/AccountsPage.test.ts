import { flushPromises, mount, RouterLinkStub } from '@vue/test-utils'
import { beforeEach, expect, it, vi } from 'vitest'
import { ref } from 'vue'
import { Problem } from '@/api/problem'
import { i18n } from '@/i18n'
import type { GovernedAccount } from '../queries/accounts'
import AccountsPage from './AccountsPage.vue'

const account = (id: string, name: string, more: Partial<GovernedAccount>): GovernedAccount => ({
  id, name, email: `${id}@example.org`, state: 'active', created_at: '2026-11-20T01:00:00Z', version: 3, organisations: [], actions: ['sign_out', 'suspend'], ...more,
})
const li = account('li', '李梅', { last_sign_in_at: '2026-11-23T04:00:00Z', organisations: [{ id: 'o1', name: { zh: '天山机械' }, kind: 'enterprise', verified: true, roles: ['manager', 'finance'] }] })
const wang = account('wang', '王强', { state: 'suspended', state_reason: '邮箱被盗', actions: ['restore'] })
const self = account('self', '值班人', { actions: [] })

const push = vi.fn()
const query = ref<Record<string, string>>({})
const items = ref<GovernedAccount[]>([])
const more = ref(false)
const govern = vi.fn((_: object) => Promise.resolve())
vi.mock('vue-router', async (original) => ({ ...(await original<object>()), useRoute: () => ({ query: query.value, path: '/', fullPath: '/' }), useRouter: () => ({ push }) }))
vi.mock('@/features/account/queries/session', async (original) => ({ ...(await original<object>()), useSession: () => ({ me: ref({ account_id: 'self' }) }) }))
vi.mock('../queries/accounts', async (original) => ({
  ...(await original<object>()),
  useAccounts: () => ({ data: ref({ pages: [{ items: items.value }] }), error: ref(null), refetch: vi.fn(), hasNextPage: more, fetchNextPage: vi.fn(), isFetchingNextPage: ref(false) }),
  useGovernAccount: () => ({ isPending: ref(false), mutateAsync: govern }),
}))

const page = () => mount(AccountsPage, { global: { plugins: [i18n], stubs: { RouterLink: RouterLinkStub }, mocks: { $route: { path: '/', fullPath: '/' } } } })
/** Presses what is done to an account, and gives the dialog that asks. */
async function ask(label: string) {
  const wrapper = page()
  await wrapper.get(`button[aria-label="${label}"]`).trigger('click')
  return { wrapper, dialog: wrapper.get('dialog') }
}

beforeEach(() => {
  govern.mockReset().mockResolvedValue(undefined)
  items.value = [li, wang, self]
  more.value = false
  query.value = {}
})

it('says whose accounts there are, what they open and when they were used', () => {
  const [first, second, third] = page().findAll('main, .page > ul > li').map((each) => each.text())
  expect(first).toContain('李梅')
  expect(first).toContain('正常')
  expect(first).toContain('天山机械 企业负责人、财务')
  expect(first).toContain('最近登录')
  expect(second).toContain('已停用')
  expect(second).toContain('原因：邮箱被盗')
  expect(second).toContain('从未登录')
  expect(third).toContain('（您）')
})

it('offers what the server allows, and nothing over the own account', () => {
  const offered = page().findAll('.page > ul > li').map((each) => each.findAll('button').map((button) => button.text()))
  expect(offered).toEqual([['退出登录', '停用'], ['恢复'], []])
})

it('suspends only where the name was typed and a reason given', async () => {
  const { dialog } = await ask('停用李梅的账户')
  const submit = dialog.get('button[type=submit]')
  await dialog.get('textarea').setValue(' 冒用他人成果 ')
  expect(submit.attributes('disabled')).toBeDefined()
  await dialog.get('input').setValue('李梅')
  expect(submit.attributes('disabled')).toBeUndefined()
  await dialog.get('form').trigger('submit')
  await flushPromises()
  expect(govern).toHaveBeenCalledExactlyOnceWith({ account: li, action: 'suspend', reason: '冒用他人成果' })
  expect(dialog.attributes('open')).toBeUndefined()
})

it('restores for a reason, without the name', async () => {
  const { dialog } = await ask('恢复王强的账户')
  expect(dialog.find('input').exists()).toBe(false)
  await dialog.get('textarea').setValue('申诉成立')
  await dialog.get('form').trigger('submit')
  expect(govern).toHaveBeenCalledExactlyOnceWith({ account: wang, action: 'restore', reason: '申诉成立' })
})

it('asks no reason to sign somebody out, and stays with what went wrong', async () => {
  govern.mockRejectedValue(new Problem({ code: 'last_operator', status: 409 }))
  const { dialog } = await ask('退出李梅的全部登录')
  expect(dialog.find('textarea').exists()).toBe(false)
  await dialog.get('form').trigger('submit')
  await flushPromises()
  expect(govern).toHaveBeenCalledExactlyOnceWith({ account: li, action: 'sign_out', reason: '' })
  expect(dialog.get('[role=alert]').text()).toContain('最后一位可以登录的平台运营人员')
  expect(dialog.attributes('open')).toBeDefined()
})

it('keeps what is sought in the address', async () => {
  query.value = { state: 'suspended', q: '王' }
  const wrapper = page()
  const input = wrapper.get<HTMLInputElement>('input[type=search]')
  expect(input.element.value).toBe('王')
  expect(wrapper.get('[aria-current=page]').text()).toBe('已停用')
  await input.setValue(' example.org ')
  await wrapper.get('form[role=search]').trigger('submit')
  expect(push).toHaveBeenCalledExactlyOnceWith({ query: { state: 'suspended', q: 'example.org' } })
})

it('goes on where nothing was found yet, and says when there is nothing', () => {
  items.value = []
  more.value = true
  expect(page().text()).toContain('可继续查找更早的')
  more.value = false
  expect(page().text()).toContain('没有匹配项')
})
