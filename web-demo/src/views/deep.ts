// The views behind the verdict. From a host they are a file of their own, which follows once the verifier is there.
import '../style/chain.css';
import '../style/deep.css';
import '../style/lab.css';

export { Chain } from './chain';
export { Dependencies } from './dependencies';
export { Lab } from './lab';
export { Policy } from './policy';
