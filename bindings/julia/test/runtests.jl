using Test, Ascribe, LinearAlgebra, Random; @test 1==1
