import server from '../../../config/messages/en.json'
import { assemble } from './assemble'

export default assemble(import.meta.glob('./en/*.json', { eager: true, import: 'default' }), server)
