import server from '../../../config/messages/zh-CN.json'
import { assemble } from './assemble'

export default assemble(import.meta.glob('./zh-CN/*.json', { eager: true, import: 'default' }), server)
