# Gives up.
echo broken
exit 3
