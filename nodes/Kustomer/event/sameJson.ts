export { sameJson } from './values';
