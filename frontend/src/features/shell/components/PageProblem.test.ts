import { mount } from '@vue/test-utils'
import { expect, it, vi } from 'vitest'
import { ref } from 'vue'
import { Problem } from '@/api/problem'
import { i18n } from '@/i18n'
import PageProblem from './PageProblem.vue'

const signedIn = ref(false)
vi.mock('@/features/account/queries/session', () => ({ useSession: () => ({ signedIn }) }))
vi.mock('@/router', () => ({ setPageTitle: () => undefined }))

/** The heading, and what the page leads to where this came in place of what was asked for. */
function shown(status: number, code: string): string[] {
  const page = mount(PageProblem, {
    props: { error: new Problem({ status, code }), retry: () => undefined },
    global: { plugins: [i18n], mocks: { $route: { path: '/needs/n1', fullPath: '/needs/n1' } }, stubs: { RouterLink: { props: ['to'], template: '<a :href="to"><slot /></a>' } } },
  })
  return [page.find('h1').exists() ? page.get('h1').text() : '', ...page.findAll('a, button').map((each) => `${each.text()} ${each.attributes('href') ?? ''}`.trim())]
}

it('leads on from what is not there or not for the reader, and back to it by the sign-in', () => {
  signedIn.value = false
  expect(shown(404, 'not_found')).toEqual(['看不到这项内容', '登录 /sign-in?next=%2Fneeds%2Fn1', '搜索成果与需求 /search', '回到首页 /'])
  signedIn.value = true
  expect(shown(404, 'not_found')).toEqual(['看不到这项内容', '搜索成果与需求 /search', '回到工作台 /dashboard'])
})

it('offers to try again what may come by trying, and says nothing of what gives way to another', () => {
  expect(shown(503, 'unavailable')).toEqual(['', '重试'])
  expect(shown(404, 'listing_merged')).toEqual(['', '重试'])
})
