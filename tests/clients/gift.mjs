// Reads a GIFT file by gift-pegjs and prints what it understood.
import { readFileSync } from "node:fs";
import gift from "gift-pegjs";
process.stdout.write(JSON.stringify(gift.parse(readFileSync(process.argv[2], "utf8"))));
