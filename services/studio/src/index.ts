export { studioService } from './studio-service'
