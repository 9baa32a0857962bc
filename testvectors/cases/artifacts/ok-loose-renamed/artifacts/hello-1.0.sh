#!/bin/sh
echo hello, attested world
