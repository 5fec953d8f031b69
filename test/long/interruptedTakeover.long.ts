import { allInterruptions, describeInterruptedTakeover } from '../support/describeInterruptedTakeover.ts';

describeInterruptedTakeover({ direct: allInterruptions, azure: allInterruptions });
