import { describeSuperLinear } from '../support/describeSuperLinear.ts';

describeSuperLinear(10);
