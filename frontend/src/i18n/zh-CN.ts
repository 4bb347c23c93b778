/** All messages of zh-CN: one file a domain, its name is the first part of the key. */
const files = import.meta.glob<Record<string, unknown>>('./zh-CN/*.json', { eager: true, import: 'default' })

export default Object.fromEntries(
  Object.entries(files).map(([path, messages]) => [path.slice('./zh-CN/'.length, -'.json'.length), messages]),
)
