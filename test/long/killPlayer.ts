import type { Emulator } from '../../emulator/emulator.ts';
import type { EmulatorEvent } from '../../emulator/startPlatform.ts';

export interface KillPlayerOptions {
  emulator: Emulator;
  psid: string;
  /** The Facebook app of the bot that is killed. */
  appId: string;
  /** How many messages the customer writes. */
  messages: number;
  random: () => number;
  /** How long people take before they give a thread back, in milliseconds. */
  personTakesMs: number;
  /** Whether the Page keeps to the classic protocol, in which more is said and heard than today. */
  isClassic: boolean;
  /** Called for each message that the customer writes. */
  saying: () => void;
}

/** What became of all that a customer, and people and apps around him, brought about. */
export interface PlayedResult {
  /** What is missing although nobody says that it may be. */
  lost: number;
  /** What came again, or without anybody having asked for it. */
  doubled: number;
  reordered: number;
  /** How often control changed hands by the bot's doing. */
  handovers: number;
  /** Calls from outside whose caller was not told that it was done. */
  unacknowledged?: number;
  /** What the bot said, in order. */
  seen: readonly string[];
}

/** A customer of the bot that is killed, with everybody who acts in his conversation. */
export interface KillPlayer {
  /** Resolves when everything was said and everything was answered or given up. */
  readonly played: Promise<void>;
  heard(event: EmulatorEvent): void;
  /** A turn of this conversation was given up: its kind, and as it is stored. */
  heardParked(kind: string, turn: string): void;
  result(): PlayedResult;
}
