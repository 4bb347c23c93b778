import { flushPromises, mount } from '@vue/test-utils'
import { expect, it } from 'vitest'
import { defineComponent, h, ref } from 'vue'
import { i18n } from '@/i18n'
import ListEditor from './ListEditor.vue'

interface Named {
  name: string
}

/** Each part counts for itself, as an upload goes on by itself. */
const Part = defineComponent({
  props: { name: { type: String, required: true } },
  setup(props) {
    const first = props.name
    return () => h('output', `${first}→${props.name}`)
  },
})

function editor(...names: string[]) {
  const items = ref<Named[]>(names.map((name) => ({ name })))
  const Form = defineComponent({
    setup: () => () =>
      h(
        ListEditor<Named>,
        { legend: '指标', path: 'claims', addLabel: '添加', itemName: (each: Named) => each.name, make: () => ({ name: '新' }), modelValue: items.value, 'onUpdate:modelValue': (now: Named[]) => (items.value = now) },
        { default: ({ item }: { item: Named }) => h(Part, { name: item.name }) },
      ),
  })
  const wrapper = mount(Form, { global: { plugins: [i18n] }, attachTo: document.body })
  const press = async (item: string, label: string) => {
    await wrapper.get(`[role=group][aria-label="${item}"] [aria-label="${label}"]`).trigger('click')
    await flushPromises()
  }
  const order = () => items.value.map(({ name }) => name).join('')
  const focused = () => `${document.activeElement?.closest('[role=group]')?.getAttribute('aria-label') ?? ''}:${document.activeElement?.getAttribute('aria-label') ?? document.activeElement?.textContent}`
  return { wrapper, press, order, focused }
}

it('moves the focus with the item, so that the next press moves it on', async () => {
  const { press, order, focused } = editor('甲', '乙', '丙')
  await press('丙', '上移')
  expect([order(), focused()]).toEqual(['甲丙乙', '丙:上移'])
  await press('丙', '上移')
  expect([order(), focused()]).toEqual(['丙甲乙', '丙:下移'])
})

it('moves the focus to the next item when one is removed, and to the way to add one after the last', async () => {
  const { press, focused } = editor('甲', '乙')
  await press('甲', '移除甲')
  expect(focused()).toBe('乙:乙')
  await press('乙', '移除乙')
  expect(focused()).toBe(':+ 添加')
})

it('leaves what goes on in the part of an item to that item', async () => {
  const { wrapper, press } = editor('甲', '乙')
  await press('甲', '移除甲')
  expect(wrapper.get('output').text()).toBe('乙→乙')
})
