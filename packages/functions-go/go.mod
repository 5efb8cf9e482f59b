module koyalite.dev/koyalite

go 1.24
