import { QueryClient, VueQueryPlugin } from '@tanstack/vue-query'
import { mount } from '@vue/test-utils'
import { expect, it, vi } from 'vitest'
import { ref } from 'vue'
import { i18n } from '@/i18n'
import ProposeDialog from './ProposeDialog.vue'

vi.mock('vue-router', () => ({ useRouter: () => ({ push: vi.fn() }) }))
vi.mock('../queries/desk', () => ({ usePropose: () => ({ mutateAsync: vi.fn(), isPending: ref(false) }) }))

it('says at once all that is missing: the other side and the reason', async () => {
  const shown = mount(ProposeDialog, {
    attachTo: document.body, // where the summary finds the names of what is missing
    props: { modelValue: true, need: { id: 'n1', title: '低温电池' } },
    global: { plugins: [i18n, [VueQueryPlugin, { queryClient: new QueryClient() }]], stubs: { SidePicker: true } },
  })
  await shown.get('form').trigger('submit')
  expect(shown.findAll('[role=alert] li').map((line) => line.text())).toEqual([expect.stringContaining('subject_id'), '推荐理由：必填。'])
})
