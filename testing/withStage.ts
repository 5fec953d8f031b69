import { openStage, type Stage, type StageOptions } from './openStage.ts';

/**
 * Opens a stage for one test and closes it in any case. When the test fails, all that happened on the stage stands below the error's message.
 *
 * @throws what the test throws
 */
export async function withStage(options: StageOptions, test: (stage: Stage) => Promise<void>): Promise<void> {
  await using stage = await openStage(options);
  try {
    await test(stage);
  } catch (error) {
    if (error instanceof Error) addTimeline(error, stage.timeline());
    throw error;
  }
}

/** Test runners print the message or the stack. */
function addTimeline(error: Error, timeline: string): void {
  const { message, stack = '' } = error;
  const told = `${message}\n\nWhat happened on the stage:\n${timeline}\n`;
  error.message = told;
  error.stack = stack.includes(message) ? stack.replace(message, () => told) : `${told}\n${stack}`;
}
