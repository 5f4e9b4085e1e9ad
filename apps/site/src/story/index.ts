/** What a chapter of the story is written with. */
import './story.css';

export { default as Ref } from '../components/Ref.astro';
export { default as Cite } from './Cite.astro';
export { default as F } from './F.astro';
export { default as Go } from './Go.astro';
export { default as N } from './N.astro';
export { default as Notes } from './Notes.astro';
export { default as Term } from './Term.astro';
export { default as Try } from './Try.astro';
